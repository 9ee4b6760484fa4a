# SPDX-License-Identifier: Apache-2.0
fgp_add_spec(servers)
