/* option_feature - what this DLL can do, for programs that ask before they rely on it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

/* What has the effect that Windows documents. Not what is only accepted, nor what belongs to HTTP/2
 * or HTTP/3. */
static const BYTE features[] =
{
    WINHTTP_FEATURE_IPV6_FAST_FALLBACK,
    WINHTTP_FEATURE_CONNECTION_STATS_V0,
    WINHTTP_FEATURE_REQUEST_TIMES,
    WINHTTP_FEATURE_EXPIRE_CONNECTION,
    WINHTTP_FEATURE_HTTP_PROTOCOL_REQUIRED,
    WINHTTP_FEATURE_REQUEST_STATS,
    WINHTTP_FEATURE_SERVER_CERT_CHAIN_CONTEXT,
    WINHTTP_FEATURE_CONNECTION_STATS_V1,
    WINHTTP_FEATURE_SECURITY_INFO,
    WINHTTP_FEATURE_IGNORE_CERT_REVOCATION_OFFLINE,
    WINHTTP_FEATURE_RESOLUTION_HOSTNAME,
    WINHTTP_FEATURE_IS_FEATURE_SUPPORTED,
    WINHTTP_FEATURE_ADD_REQUEST_HEADERS_EX,
    WINHTTP_FEATURE_READ_DATA_EX,
    WINHTTP_FEATURE_QUERY_HEADERS_EX,
    WINHTTP_FEATURE_SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS,
    WINHTTP_FEATURE_FLAG_SECURE_DEFAULTS,
    WINHTTP_FEATURE_EXTENDED_HEADER_FLAG_UNICODE,
    WINHTTP_FEATURE_QUERY_FLAG_TRAILERS,
    WINHTTP_FEATURE_QUERY_FLAG_WIRE_ENCODING,
    WINHTTP_FEATURE_FLAG_AUTOMATIC_CHUNKING,
    WINHTTP_FEATURE_QUERY_EX_ALL_HEADERS,
    WINHTTP_FEATURE_READ_DATA_EX_FLAG_FILL_BUFFER,
    WINHTTP_FEATURE_REQUEST_ANNOTATION,
    WINHTTP_FEATURE_DISABLE_GLOBAL_POOLING,
};

/* The buffer holds the number of the feature first, and the answer afterwards (a guess: Microsoft's
 * page says only what is asked). */
DWORD option_get_feature( struct option_call *call )
{
    DWORD feature = *(const DWORD *)call->buffer;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(features) && features[i] != feature; i++) {}
    *(BOOL *)call->buffer = i < ARRAY_SIZE(features);
    return ERROR_SUCCESS;
}
