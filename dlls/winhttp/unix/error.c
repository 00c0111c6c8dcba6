/* error - what errno and GnuTLS report, as NTSTATUS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>

#include <gnutls/gnutls.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/error.h"

struct mapping
{
    int error;
    NTSTATUS status;
};

static const struct mapping errno_map[] =
{
    { ECONNREFUSED,   STATUS_CONNECTION_REFUSED },
    { ECONNRESET,     STATUS_CONNECTION_RESET },
    { EPIPE,          STATUS_CONNECTION_RESET },     /* the peer's reset was reported before */
    { ECONNABORTED,   STATUS_CONNECTION_ABORTED },
    { ENOTCONN,       STATUS_CONNECTION_INVALID },
    { ETIMEDOUT,      STATUS_IO_TIMEOUT },
    { ENETUNREACH,    STATUS_NETWORK_UNREACHABLE },
    { ENETDOWN,       STATUS_NETWORK_UNREACHABLE },
    { EAFNOSUPPORT,   STATUS_NETWORK_UNREACHABLE },  /* an IPv6 address, a kernel without IPv6 */
    { EHOSTUNREACH,   STATUS_HOST_UNREACHABLE },
    { EHOSTDOWN,      STATUS_HOST_UNREACHABLE },
    { EPROTO,         STATUS_PROTOCOL_UNREACHABLE },
    { ENOPROTOOPT,    STATUS_PROTOCOL_UNREACHABLE }, /* ICMP: protocol unreachable */
    { EADDRNOTAVAIL,  STATUS_INVALID_ADDRESS_COMPONENT }, /* or all local ports are in use */
    { EINVAL,         STATUS_INVALID_PARAMETER },
    { EACCES,         STATUS_ACCESS_DENIED },
    { EPERM,          STATUS_ACCESS_DENIED },        /* a local firewall rule */
    { EFAULT,         STATUS_ACCESS_VIOLATION },
    { EMFILE,         STATUS_TOO_MANY_OPENED_FILES },
    { ENFILE,         STATUS_TOO_MANY_OPENED_FILES },
    { ENOMEM,         STATUS_NO_MEMORY },
    { ENOBUFS,        STATUS_INSUFFICIENT_RESOURCES },
    { ENOSPC,         STATUS_INSUFFICIENT_RESOURCES }, /* epoll: max_user_watches */
};

/* Only what says more than "TLS failed". */
static const struct mapping gnutls_map[] =
{
    { GNUTLS_E_FATAL_ALERT_RECEIVED,  STATUS_ENCRYPTION_FAILED },
    { GNUTLS_E_MEMORY_ERROR,          STATUS_NO_MEMORY },
    { GNUTLS_E_PREMATURE_TERMINATION, STATUS_CONNECTION_DISCONNECTED },
    { GNUTLS_E_PUSH_ERROR,            STATUS_NO_MEMORY }, /* ours fails for no other reason */
    { GNUTLS_E_SESSION_EOF,           STATUS_CONNECTION_DISCONNECTED },
};

static const struct mapping resolver_map[] =
{
    { EAI_AGAIN,      STATUS_NOT_FOUND }, /* no server answers, or there is no network */
    { EAI_MEMORY,     STATUS_NO_MEMORY },
    { EAI_NONAME,     STATUS_NOT_FOUND },
    { EAI_FAIL,       STATUS_NOT_FOUND },
#ifdef EAI_NODATA
    { EAI_NODATA,     STATUS_NOT_FOUND },
#endif
#ifdef EAI_ADDRFAMILY
    { EAI_ADDRFAMILY, STATUS_NOT_FOUND },
#endif
};

static NTSTATUS find( const struct mapping *map, unsigned int count, int error, NTSTATUS other )
{
    unsigned int i;

    for (i = 0; i < count; i++) if (map[i].error == error) return map[i].status;
    return other;
}

#define FIND( map, error, other ) find( map, sizeof(map) / sizeof(map[0]), error, other )

NTSTATUS error_from_errno( int error )
{
    return FIND( errno_map, error, STATUS_UNSUCCESSFUL );
}

NTSTATUS error_from_gnutls( int error, NTSTATUS other )
{
    return FIND( gnutls_map, error, other );
}

NTSTATUS error_from_resolver( int error )
{
    if (error == EAI_SYSTEM) return error_from_errno( errno );
    return FIND( resolver_map, error, STATUS_NOT_FOUND );
}
