/* secure - TLS on the connection of an exchange.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "secure.h"

#include <stdlib.h>
#include <string.h>

#include "net/cert.h"
#include "net/identity.h"

void secure_begin( struct request *request )
{
    struct conn_key *key = &request->key;

    object_lock( &request->object );
    identity_release( key->identity );
    key->protocols = request->settings.secure_protocols;
    key->ignore = request->security_flags;
    key->revocation = (request->enabled & WINHTTP_ENABLE_SSL_REVOCATION) != 0;
    key->offline = request->ignore_offline;
    key->chain_flags = request->settings.chain_flags;
    key->anonymous = request->anonymous;
    key->identity = identity_addref( request->identity );
    object_unlock( &request->object );
}

void secure_reset( struct request *request )
{
    request->tls_started = FALSE;
    request->identity_status = STATUS_PENDING;
    request->cert_wanted = FALSE;
}

/* Programs ask for the certificate when the connection is long back in the pool, or was refused
 * because of it (facts/http.md 12). */
void secure_remember( struct request *request )
{
    PCCERT_CONTEXT former = request->cert, cert = request->conn->cert;

    if (cert) cert = CertDuplicateCertificateContext( cert );
    object_lock( &request->object );
    request->cert = cert;
    request->cipher_bits = request->conn->cipher_bits;
    request->tls_protocol = request->conn->tls_protocol;
    strcpy( request->cipher_suite, request->conn->cipher_suite );
    object_unlock( &request->object );
    if (former) CertFreeCertificateContext( former );
}

static void remember_issuers( struct request *request )
{
    BYTE *former = request->issuers, *issuers;
    UINT32 len;

    if (conn_get_issuers( request->conn, &issuers, &len )) issuers = NULL, len = 0;
    object_lock( &request->object );
    request->asked = TRUE;
    request->issuers = issuers;
    request->issuers_len = len;
    object_unlock( &request->object );
    free( former );
}

static enum op_need fail( struct request *request, struct op *op, DWORD flags )
{
    request->secure_failure = flags;
    object_notify( &request->object, WINHTTP_CALLBACK_STATUS_SECURE_FAILURE, &flags,
                   sizeof(flags) );
    return op_fail( op, ERROR_WINHTTP_SECURE_FAILURE );
}

enum op_need secure_alert( struct request *request, struct op *op )
{
    return fail( request, op, WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR );
}

static DWORD identity_error( NTSTATUS status )
{
    switch (status)
    {
    case STATUS_NO_MEMORY: return ERROR_NOT_ENOUGH_MEMORY;
    case STATUS_NOT_FOUND: return ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY;
    default:               return ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY;
    }
}

/* The server asked, and the program never said anything about certificates. */
static BOOL wants_answer( const struct request *request )
{
    return request->conn->cert_requested && !request->key.identity && !request->key.anonymous;
}

/* The handshake is over, or failed for want of a certificate: in either case the server has shown
 * its own, which is judged first. */
static enum op_need shaken( struct request *request )
{
    if ((request->cert_wanted = wants_answer( request ))) remember_issuers( request );
    secure_remember( request );
    request->task_status = STATUS_PENDING;
    return OP_DONE;
}

enum op_need secure_handshake( struct request *request, struct op *op, BOOL *again )
{
    NTSTATUS status = STATUS_SUCCESS;
    BOOL retry = *again;
    UINT32 need;

    *again = FALSE;
    if (!identity_is_open( request->key.identity ))
    {
        if (request->identity_status == STATUS_PENDING) return OP_NEED_TASK;
        return op_fail( op, identity_error( request->identity_status ) );
    }
    if (!request->tls_started) status = conn_tls_start( request->conn );
    request->tls_started = !status;
    if (!status) status = conn_tls_handshake( request->conn, op_io_timeout( op ), &need );
    if (status == STATUS_PENDING) return op_io_need( op, status, need );
    request->tls_started = FALSE;
    *again = status == STATUS_ENCRYPTION_FAILED && request->conn->offered;
    if (status && !wants_answer( request ) && !op->cancel) *again |= retry;
    if (*again) return OP_DONE;
    if (status == STATUS_ENCRYPTION_FAILED)
        return wants_answer( request ) && request->conn->cert ? shaken( request )
                                                              : secure_alert( request, op );
    return status ? op_io_need( op, status, STREAM_READ ) : shaken( request );
}

static struct cert_case make_case( const struct conn *conn )
{
    struct cert_case ret =
    {
        .cert = conn->cert, .digest = conn->chain_digest, .host = conn->key.host,
        .ignore = conn->key.ignore, .revocation = conn->key.revocation,
        .offline = conn->key.offline, .chain_flags = conn->key.chain_flags,
    };

    return ret;
}

enum op_need secure_verify( struct request *request, struct op *op )
{
    struct cert_case which = make_case( request->conn );

    if (request->task_status == STATUS_PENDING && !cert_is_known( &which )) return OP_NEED_TASK;
    if (request->task_status == STATUS_PENDING) request->secure_failure = 0;
    if (request->secure_failure) return fail( request, op, request->secure_failure );
    return OP_DONE;
}

void secure_task( struct request *request )
{
    struct cert_case which;

    if (request->state == EXCHANGE_HANDSHAKING)
    {
        request->identity_status = identity_open( request->key.identity );
        return;
    }
    which = make_case( request->conn );
    request->secure_failure = cert_verify( &which );
    request->task_status = STATUS_SUCCESS;
}

/* What was set before is forgotten (facts/http.md 12). */
enum op_need secure_ask_program( struct request *request, struct op *op )
{
    struct identity *former;

    object_lock( &request->object );
    former = request->identity;
    request->identity = NULL;
    request->anonymous = FALSE;
    object_unlock( &request->object );
    identity_release( former );
    return op_fail( op, ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
}
