/*
 * Values in the registry that a topic changes, and puts back at its end.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing outside of struct saved_value.
 * Threads: the test's thread.
 * Fails:   a value that is too long to be kept is not put back.
 */
#ifndef WINHTTP_TESTS_REGISTRY_H
#define WINHTTP_TESTS_REGISTRY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>

/* A registry value as it was before the test. */
struct saved_value
{
    HKEY root;
    const WCHAR *key, *name;
    DWORD type, size;
    BYTE data[4096];
    BOOL exists;
};

static inline void save_value( struct saved_value *value, HKEY root, const WCHAR *key,
                               const WCHAR *name )
{
    value->root = root;
    value->key = key;
    value->name = name;
    value->size = sizeof(value->data);
    value->exists = !RegGetValueW( root, key, name, RRF_RT_ANY | RRF_NOEXPAND, &value->type,
                                   value->data, &value->size );
}

static inline LONG set_value( const struct saved_value *value, DWORD type, const void *data,
                              DWORD size )
{
    return RegSetKeyValueW( value->root, value->key, value->name, type, data, size );
}

static inline void delete_value( const struct saved_value *value )
{
    RegDeleteKeyValueW( value->root, value->key, value->name );
}

static inline void restore_value( const struct saved_value *value )
{
    if (value->exists) set_value( value, value->type, value->data, value->size );
    else delete_value( value );
}

#endif /* WINHTTP_TESTS_REGISTRY_H */
