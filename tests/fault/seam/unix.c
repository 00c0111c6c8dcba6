/* unix - stands between the Unix half and libc, GnuTLS and zlib: makes one call fail.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Linked into a winhttp.so of its own, made of the same objects as the real one, with --wrap for
 * each function that is defined here. So nobody else's calls are touched, and nothing of this is in
 * the library that is installed.
 */

#if 0
#pragma makedep unix
#endif

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <zlib.h>

#include "../plan.h"

static struct plan nothing, *plan = &nothing;

static void __attribute__((constructor)) map_plan( void )
{
    const char *name = getenv( "WINHTTP_FAULTS" );
    void *block;
    int fd;

    if (!name || (fd = open( name, O_RDWR | O_CLOEXEC )) < 0) return;
    block = mmap( NULL, PLAN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0 );
    close( fd );
    if (block != MAP_FAILED) plan = block;
}

/* The error to fail with, or 0. */
static int choose( const char *name, const int *errors, int count )
{
    int way = plan_fails( plan, PLAN_UNIX, name, count );

    return way ? errors[way - 1] : 0;
}

static int is_interrupted( void )
{
    int every = plan->interrupt;

    return every && !(__atomic_add_fetch( &plan->interrupted, 1, __ATOMIC_SEQ_CST ) % every);
}

#define CHOOSE( name, ... ) \
    choose( name, (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int) )

/* Fails with -1, and errno one of those given. */
#define WRAP_ERRNO( type, name, params, args, ... ) \
    type __real_ ## name params; \
    type __wrap_ ## name params; \
    type __wrap_ ## name params \
    { \
        int error = CHOOSE( #name, __VA_ARGS__ ); \
        if (!error) return __real_ ## name args; \
        errno = error; \
        return -1; \
    }

/* Fails with one of the codes given. */
#define WRAP_CODE( type, name, params, args, ... ) \
    type __real_ ## name params; \
    type __wrap_ ## name params; \
    type __wrap_ ## name params \
    { \
        int error = CHOOSE( #name, __VA_ARGS__ ); \
        return error ? error : __real_ ## name args; \
    }

/* Makes and unmakes something: *result is counted as live. */
#define WRAP_MAKE( name, params, args, ... ) \
    int __real_ ## name params; \
    int __wrap_ ## name params; \
    int __wrap_ ## name params \
    { \
        int error = CHOOSE( #name, __VA_ARGS__ ); \
        if (!error) error = __real_ ## name args; \
        if (!error) plan_live( plan, PLAN_UNIX, 1 ); \
        return error; \
    }

#define WRAP_UNMAKE( name, params, args ) \
    void __real_ ## name params; \
    void __wrap_ ## name params; \
    void __wrap_ ## name params \
    { \
        plan_live( plan, PLAN_UNIX, -1 ); \
        __real_ ## name args; \
    }

/* --- Memory --------------------------------------------------------------------------------- */

void *__real_malloc( size_t size );
void *__wrap_malloc( size_t size );
void *__real_calloc( size_t count, size_t size );
void *__wrap_calloc( size_t count, size_t size );
void *__real_realloc( void *memory, size_t size );
void *__wrap_realloc( void *memory, size_t size );
void __real_free( void *memory );
void __wrap_free( void *memory );

static int no_memory( const char *name )
{
    return CHOOSE( name, ENOMEM ) || plan_refuses( plan );
}

static void *allocated( void *memory )
{
    if (memory) plan_live( plan, PLAN_UNIX, 1 );
    return memory;
}

void *__wrap_malloc( size_t size )
{
    return no_memory( "malloc" ) ? NULL : allocated( __real_malloc( size ) );
}

void *__wrap_calloc( size_t count, size_t size )
{
    return no_memory( "calloc" ) ? NULL : allocated( __real_calloc( count, size ) );
}

void *__wrap_realloc( void *memory, size_t size )
{
    if (no_memory( "realloc" )) return NULL;
    return memory ? __real_realloc( memory, size ) : allocated( __real_realloc( NULL, size ) );
}

void __wrap_free( void *memory )
{
    if (memory) plan_live( plan, PLAN_UNIX, -1 );
    __real_free( memory );
}

/* --- Descriptors ---------------------------------------------------------------------------- */

int __real_socket( int family, int type, int protocol );
int __wrap_socket( int family, int type, int protocol );
int __real_close( int fd );
int __wrap_close( int fd );
int __real_connect( int fd, const struct sockaddr *addr, socklen_t len );
int __wrap_connect( int fd, const struct sockaddr *addr, socklen_t len );

int __wrap_socket( int family, int type, int protocol )
{
    int error = CHOOSE( "socket", EMFILE, ENOBUFS, EAFNOSUPPORT ), fd = -1;

    if (error) errno = error;
    else if ((fd = __real_socket( family, type, protocol )) >= 0) plan_live( plan, PLAN_UNIX, 1 );
    return fd;
}

/* The descriptor is gone all the same. */
int __wrap_close( int fd )
{
    int error = CHOOSE( "close", EIO, EINTR ), ret = __real_close( fd );

    plan_live( plan, PLAN_UNIX, -1 );
    if (!error) return ret;
    errno = error;
    return -1;
}

/* Interrupted, it goes on by itself. */
int __wrap_connect( int fd, const struct sockaddr *addr, socklen_t len )
{
    int error = CHOOSE( "connect", ECONNREFUSED, EINTR, ENETUNREACH, EADDRNOTAVAIL );

    if (!error || error == EINTR)
    {
        int ret = __real_connect( fd, addr, len );

        if (!error) return ret;
    }
    errno = error;
    return -1;
}

WRAP_ERRNO( int, setsockopt, (int fd, int level, int name, const void *value, socklen_t len),
            (fd, level, name, value, len), ENOBUFS, EINVAL )
WRAP_ERRNO( int, getsockopt, (int fd, int level, int name, void *value, socklen_t *len),
            (fd, level, name, value, len), ENOBUFS )
WRAP_ERRNO( int, shutdown, (int fd, int how), (fd, how), ENOTCONN )
WRAP_ERRNO( int, getsockname, (int fd, struct sockaddr *addr, socklen_t *len), (fd, addr, len),
            ENOBUFS )
WRAP_ERRNO( int, getpeername, (int fd, struct sockaddr *addr, socklen_t *len), (fd, addr, len),
            ENOTCONN )
WRAP_ERRNO( int, epoll_create1, (int flags), (flags), EMFILE, ENOMEM )
WRAP_ERRNO( int, eventfd, (unsigned int value, int flags), (value, flags), EMFILE )
WRAP_ERRNO( int, epoll_ctl, (int set, int op, int fd, struct epoll_event *event),
            (set, op, fd, event), ENOSPC, ENOMEM )
WRAP_ERRNO( ssize_t, read, (int fd, void *buffer, size_t len), (fd, buffer, len), EAGAIN )

int __real_fcntl( int fd, int command, ... );
int __wrap_fcntl( int fd, int command, ... );

int __wrap_fcntl( int fd, int command, ... )
{
    int error = CHOOSE( "fcntl", EPERM );
    va_list args;
    long value;

    va_start( args, command );
    value = va_arg( args, long );
    va_end( args );
    if (!error) return __real_fcntl( fd, command, value );
    errno = error;
    return -1;
}

/* --- Bytes and waiting ---------------------------------------------------------------------- */

int __real_poll( struct pollfd *fds, nfds_t count, int timeout );
int __wrap_poll( struct pollfd *fds, nfds_t count, int timeout );
int __real_epoll_wait( int set, struct epoll_event *events, int max, int timeout );
int __wrap_epoll_wait( int set, struct epoll_event *events, int max, int timeout );
ssize_t __real_recv( int fd, void *buffer, size_t len, int flags );
ssize_t __wrap_recv( int fd, void *buffer, size_t len, int flags );
ssize_t __real_send( int fd, const void *data, size_t len, int flags );
ssize_t __wrap_send( int fd, const void *data, size_t len, int flags );
ssize_t __real_recvmsg( int fd, struct msghdr *msg, int flags );
ssize_t __wrap_recvmsg( int fd, struct msghdr *msg, int flags );
ssize_t __real_sendmsg( int fd, const struct msghdr *msg, int flags );
ssize_t __wrap_sendmsg( int fd, const struct msghdr *msg, int flags );

/* Returns 1, with errno set, if the call is to fail. */
static int transfer_fails( int error )
{
    if (!error && is_interrupted()) error = EINTR;
    if (error) errno = error;
    return error != 0;
}

static size_t sliced( size_t len )
{
    size_t slice = plan->slice;

    return slice && len > slice ? slice : len;
}

/* With a slice only a first buffer is used, and only its beginning. */
static struct msghdr sliced_msg( const struct msghdr *msg, struct iovec *iov )
{
    struct msghdr ret = *msg;

    if (!plan->slice) return ret;
    *iov = msg->msg_iov[0];
    iov->iov_len = sliced( iov->iov_len );
    ret.msg_iov = iov;
    ret.msg_iovlen = 1;
    return ret;
}

int __wrap_poll( struct pollfd *fds, nfds_t count, int timeout )
{
    if (transfer_fails( CHOOSE( "poll", ENOMEM, EINTR ) )) return -1;
    return __real_poll( fds, count, timeout );
}

int __wrap_epoll_wait( int set, struct epoll_event *events, int max, int timeout )
{
    if (transfer_fails( CHOOSE( "epoll_wait", EINTR ) )) return -1;
    return __real_epoll_wait( set, events, max, timeout );
}

ssize_t __wrap_recv( int fd, void *buffer, size_t len, int flags )
{
    if (transfer_fails( CHOOSE( "recv", ECONNRESET, EINTR, ENOMEM ) )) return -1;
    return __real_recv( fd, buffer, sliced( len ), flags );
}

ssize_t __wrap_send( int fd, const void *data, size_t len, int flags )
{
    if (transfer_fails( CHOOSE( "send", EPIPE, EINTR, ENOBUFS ) )) return -1;
    return __real_send( fd, data, sliced( len ), flags );
}

ssize_t __wrap_recvmsg( int fd, struct msghdr *msg, int flags )
{
    struct msghdr part;
    struct iovec iov;

    if (transfer_fails( CHOOSE( "recvmsg", ECONNRESET, EINTR, ENOMEM ) )) return -1;
    part = sliced_msg( msg, &iov );
    return __real_recvmsg( fd, &part, flags );
}

ssize_t __wrap_sendmsg( int fd, const struct msghdr *msg, int flags )
{
    struct msghdr part;
    struct iovec iov;

    if (transfer_fails( CHOOSE( "sendmsg", EPIPE, EINTR, ENOBUFS ) )) return -1;
    part = sliced_msg( msg, &iov );
    return __real_sendmsg( fd, &part, flags );
}

/* --- Names ---------------------------------------------------------------------------------- */

int __real_getaddrinfo( const char *host, const char *service, const struct addrinfo *hints,
                        struct addrinfo **info );
int __wrap_getaddrinfo( const char *host, const char *service, const struct addrinfo *hints,
                        struct addrinfo **info );

int __wrap_getaddrinfo( const char *host, const char *service, const struct addrinfo *hints,
                        struct addrinfo **info )
{
    int error = CHOOSE( "getaddrinfo", EAI_MEMORY, EAI_SYSTEM, EAI_FAIL );

    errno = EMFILE;
    if (!error && !(error = __real_getaddrinfo( host, service, hints, info )))
        plan_live( plan, PLAN_UNIX, 1 );
    return error;
}

WRAP_UNMAKE( freeaddrinfo, (struct addrinfo *info), (info) )

/* --- GnuTLS and zlib ------------------------------------------------------------------------ */

WRAP_CODE( int, gnutls_global_init, (void), (), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_certificate_allocate_credentials, (gnutls_certificate_credentials_t *result),
           (result), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_priority_init2,
           (gnutls_priority_t *result, const char *text, const char **where, unsigned int flags),
           (result, text, where, flags), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_priority_set, (gnutls_session_t session, gnutls_priority_t priority),
           (session, priority), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_credentials_set,
           (gnutls_session_t session, gnutls_credentials_type_t type, void *cred),
           (session, type, cred), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_server_name_set,
           (gnutls_session_t session, gnutls_server_name_type_t type, const void *name, size_t len),
           (session, type, name, len), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_handshake, (gnutls_session_t session), (session), GNUTLS_E_MEMORY_ERROR,
           GNUTLS_E_INTERRUPTED, GNUTLS_E_DECRYPTION_FAILED, GNUTLS_E_PUSH_ERROR )
WRAP_CODE( ssize_t, gnutls_record_recv, (gnutls_session_t session, void *data, size_t len),
           (session, data, len), GNUTLS_E_MEMORY_ERROR, GNUTLS_E_INTERRUPTED,
           GNUTLS_E_DECRYPTION_FAILED )
WRAP_CODE( ssize_t, gnutls_record_send, (gnutls_session_t session, const void *data, size_t len),
           (session, data, len), GNUTLS_E_MEMORY_ERROR, GNUTLS_E_PUSH_ERROR )
WRAP_CODE( int, gnutls_bye, (gnutls_session_t session, gnutls_close_request_t how), (session, how),
           GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_alert_send,
           (gnutls_session_t session, gnutls_alert_level_t level, gnutls_alert_description_t alert),
           (session, level, alert), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_rnd, (gnutls_rnd_level_t level, void *data, size_t len), (level, data, len),
           GNUTLS_E_RANDOM_FAILED )
WRAP_CODE( int, gnutls_hash_fast,
           (gnutls_digest_algorithm_t algorithm, const void *data, size_t len, void *digest),
           (algorithm, data, len, digest), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_x509_crt_import,
           (gnutls_x509_crt_t cert, const gnutls_datum_t *data, gnutls_x509_crt_fmt_t format),
           (cert, data, format), GNUTLS_E_MEMORY_ERROR )
WRAP_CODE( int, gnutls_x509_crt_verify,
           (gnutls_x509_crt_t cert, const gnutls_x509_crt_t *issuers, int count,
            unsigned int flags, unsigned int *verdict),
           (cert, issuers, count, flags, verdict), GNUTLS_E_MEMORY_ERROR )

WRAP_MAKE( gnutls_init, (gnutls_session_t *session, unsigned int flags), (session, flags),
           GNUTLS_E_MEMORY_ERROR )
WRAP_UNMAKE( gnutls_deinit, (gnutls_session_t session), (session) )
WRAP_MAKE( gnutls_x509_crt_init, (gnutls_x509_crt_t *cert), (cert), GNUTLS_E_MEMORY_ERROR )
WRAP_UNMAKE( gnutls_x509_crt_deinit, (gnutls_x509_crt_t cert), (cert) )

WRAP_MAKE( inflateInit2_, (z_streamp zlib, int bits, const char *version, int size),
           (zlib, bits, version, size), Z_MEM_ERROR )
WRAP_CODE( int, inflate, (z_streamp zlib, int flush), (zlib, flush), Z_MEM_ERROR, Z_DATA_ERROR )

int __real_inflateEnd( z_streamp zlib );
int __wrap_inflateEnd( z_streamp zlib );

int __wrap_inflateEnd( z_streamp zlib )
{
    plan_live( plan, PLAN_UNIX, -1 );
    return __real_inflateEnd( zlib );
}

const gnutls_datum_t *__real_gnutls_certificate_get_peers( gnutls_session_t session,
                                                           unsigned int *count );
const gnutls_datum_t *__wrap_gnutls_certificate_get_peers( gnutls_session_t session,
                                                           unsigned int *count );

const gnutls_datum_t *__wrap_gnutls_certificate_get_peers( gnutls_session_t session,
                                                           unsigned int *count )
{
    if (CHOOSE( "gnutls_certificate_get_peers", ENOMEM )) return NULL;
    return __real_gnutls_certificate_get_peers( session, count );
}
