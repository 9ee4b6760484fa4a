/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lua_memory_test.c - the binding when Lua has no memory, at each of its allocations.
 *
 * Lua collects all it can when an allocation fails, and asks again. So one failure
 * shows whether everything that is still needed is held; failures from there on, that
 * an error on the way leaks nothing and leaves nothing half-made.
 */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROOM 300 /* bytes of a result, or a message */

typedef struct memory {
    size_t live;  /* bytes */
    long   until; /* allocations that still go well; -1: all */
    int    once;  /* only one fails */
    int    failed;
} memory;

/* Strings that nothing else holds are made while it runs. */
static const char script[] =
    "local fgp, s3 = require 'fingerpost', 's' .. 3\n"
    "local function list(n, v) local t = {} for i = 1, n do t[i] = { v .. i, i } end return t end\n"
    "local c <close> = assert(fgp.credentials.static('AKIDEXAMPLE' .. 12, 'se' .. 'cret', 'to' .. 'ken'))\n"
    "local s <close> = assert(fgp.signer { service = s3, region = 'eu-west-' .. 1, credentials = c,\n"
    "  sign_headers = { 'ran' .. 'ge' }, params = { UseFIPS = true },\n"
    "  time = function() return 1440938160 end })\n"
    "local r = assert(s:sign { method = 'PU' .. 'T', bucket = 'pho' .. 'tos', key = ('k'):rep(900), body = 'x' .. 1,\n"
    "  query = list(60, 'q'), headers = { Range = 'b' .. 1, ['x-amz-meta-a'] = { 1, 'b' .. 2, 3 } }, trace = true })\n"
    "assert(#r:lines() == 8 and r:arrays()['x-amz-meta-a'][1] == '1,b2,3')\n"
    "local url, t = assert(s:presign({ bucket = 'photos', key = 'x', headers = list(20, 'x-'), trace = true }))\n"
    "assert(url:find(t.signature, 1, true))\n"
    "local ep = assert(fgp.resolve(s3, { Region = 'us-east-' .. 1, Bucket = 'pho' .. 'tos' }))\n"
    "assert(ep.properties.authSchemes[1].signingName == 's3' and ep.auth.signing_region == 'us-east-1')\n"
    "local nine = list(9, 'b') for i = 1, 9 do nine[i] = ('b'):rep(1000) end\n" /* longer ones get their own memory */
    "local b = '' for i = 1, 9 do b = b .. nine[i] end\n"
    "local up = { method = 'PU' .. 'T', bucket = 'photos', key = 'y' .. 1, headers = { ['content-encoding'] = 'gz' .. 'ip' } }\n"
    "up.chunked = { length = 9000, chunk_size = 8192, trailer = 'crc' .. '32' }\n"
    "local u = assert(s:sign(up))\n"
    "local sent = assert(u.encoder:write(b:sub(1, 500))) .. assert(u.encoder:write(b:sub(501)))\n"
    "sent = sent .. assert(u.encoder:finish())\n"
    "local function key() return c end\n"
    "local dec = assert(fgp.verify({ method = 'PUT', url = u.url, headers = u.headers, payload = 'later' }, key, { time = 1440938160 })).decoder\n"
    "assert(dec:write(sent:sub(1, 5000)) .. dec:write(sent:sub(5001)) == b)\n"
    "local sum = fgp.checksum('sha' .. 1):add('x' .. 2):value()\n"
    "assert(dec:finish()['x-amz-checksum-crc32'] == fgp.checksum('crc32', b) and #sum == 28)\n"
    "up.chunked, up.body = { unsigned = true, trailer = 'sha1' }, 'x' .. 9\n"
    "assert(s:sign(up).body:find('x9', 1, true))\n"
    "local e = assert(s:sign { method = 'POST', bucket = 'photos', key = 'z' .. 1, payload = 'eve' .. 'nts' })\n"
    "local m = assert(fgp.event.encode({ a = 'b' .. 1, n = { int = 5 }, u = { uuid = ('u'):rep(16) }, y = true }, 'pay' .. 1))\n"
    "local ev = assert(fgp.verify({ method = 'POST', url = e.url, headers = e.headers, payload = 'later' }, key, { time = 1440938160 })).events\n"
    "assert(fgp.event.decode((assert(ev:read(assert(e.events:sign(m)))))).headers.n.int == 5 and ev:read(e.events:finish()) == '')\n"
    "assert(select(3, fgp.resolve('dynamdb')) == 'UNKNOWN_SERVICE')\n"
    "assert(not pcall(s.sign, s, { methd = 1 }) and not pcall(s.sign, s, { headers = { a = true } }))\n"
    "return r.signature .. tostring(c) .. tostring(s)\n";

static void *allocate(void *ud, void *ptr, size_t old, size_t new)
{
    memory *m = ud;
    void   *p;

    if (!ptr)
        old = 0; /* Lua says what kind of object it is for */
    if (new == 0) {
        free(ptr);
        m->live -= old;
        return NULL;
    }
    if (m->until == 0 && new > old) {
        m->failed++;
        m->until = m->once ? -1 : 0;
        return NULL;
    }
    p = realloc(ptr, new);
    assert_non_null(p);
    m->live += new - old;
    m->until -= m->until > 0 && new > old;
    return p;
}

/* Runs the script with |until| allocations that go well: what pcall() says, and the
 * script's result or the message in |text|. */
static int run(memory *m, long until, char text[ROOM])
{
    lua_State *L = lua_newstate(allocate, m);
    int        status;

    assert_non_null(L);
    luaL_openlibs(L);
    assert_int_equal(luaL_dostring(L, "require 'fingerpost'"), LUA_OK);
    assert_int_equal(luaL_loadstring(L, script), LUA_OK);
    m->until = until;
    status = lua_pcall(L, 0, 1, 0);
    m->until = -1;
    snprintf(text, ROOM, "%s", lua_tostring(L, -1));
    lua_close(L);
    return status;
}

static void each_allocation(int once)
{
    char   want[ROOM], text[ROOM];
    memory m = { .until = -1 };
    long   n = 0;

    assert_int_equal(run(&m, -1, want), LUA_OK);
    do {
        int status;

        m = (memory){ .until = -1, .once = once };
        status = run(&m, n, text);
        if (status != LUA_OK && (once || status != LUA_ERRMEM))
            fail_msg("allocation %ld: %s", n, text);
        if (status == LUA_OK)
            assert_string_equal(want, text);
        assert_int_equal(m.live, 0);
        n++;
    } while (m.failed);
    print_message("%ld allocations\n", n - 1);
    assert_true(n > 100);
}

static void one_fails(void **state)
{
    (void)state;
    each_allocation(1);
}

static void all_fail_from_there(void **state)
{
    (void)state;
    each_allocation(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_fails),
        cmocka_unit_test(all_fail_from_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
