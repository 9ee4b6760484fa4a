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
