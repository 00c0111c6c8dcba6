/* cookie - Set-Cookie in, Cookie out.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/cookie.h"

#include <string.h>

#include "proto/http_token.h"

/* A piece of the peer's text. */
struct span
{
    const char *text;
    size_t len;
};

struct cookie
{
    struct cookie *next;    /* owned; older */
    char *name;             /* the four lie behind the struct in this order, without NULs */
    char *value;
    char *domain;
    char *path;
    size_t name_len, value_len, domain_len, path_len;
    int64_t expires;        /* seconds since 1970; INT64_MAX = when the session ends */
    int host_only;          /* domain is that of the one host it goes to */
    int secure;             /* only over TLS */
};

/* A cookie as parsed, before it is stored. */
struct fields
{
    struct span name, value, domain, path; /* domain, path: empty = not said */
    int64_t expires;
    int has_max_age;        /* Max-Age beats Expires wherever it stands (RFC 6265 5.3, 3) */
    int host_only;
    int secure;
};

void cookie_jar_init( struct cookie_jar *jar, const struct allocator *alloc )
{
    jar->alloc = alloc;
    jar->newest = NULL;
    jar->count = 0;
}

/* Takes a cookie out of the list and frees it. */
static void remove_at( struct cookie_jar *jar, struct cookie **link )
{
    struct cookie *cookie = *link;

    *link = cookie->next;
    jar->count--;
    allocator_free( jar->alloc, cookie );
}

void cookie_jar_clear( struct cookie_jar *jar )
{
    while (jar->newest) remove_at( jar, &jar->newest );
}

/* --- dates (RFC 6265 5.1.1) --- */

struct date
{
    unsigned int hour, minute, second, day, month, year;
    int has_time, has_day, has_month, has_year;
};

static int is_delimiter( char c )
{
    unsigned char u = (unsigned char)c;

    return u == 0x09 || (u >= 0x20 && u <= 0x2f) || (u >= 0x3b && u <= 0x40) ||
           (u >= 0x5b && u <= 0x60) || (u >= 0x7b && u <= 0x7e);
}

/* Takes min to max digits off the front, no more may follow. */
static int take_number( struct span *in, size_t min, size_t max, unsigned int *number )
{
    size_t count = 0;

    *number = 0;
    while (count < in->len && count <= max && http_token_digit( in->text[count] ))
        *number = *number * 10 + (unsigned int)(in->text[count++] - '0');
    in->text += count;
    in->len -= count;
    return count >= min && count <= max;
}

static int take_colon( struct span *in )
{
    if (!in->len || *in->text != ':') return 0;
    in->text++;
    in->len--;
    return 1;
}

static int parse_time( struct span token, struct date *date )
{
    return take_number( &token, 1, 2, &date->hour ) && take_colon( &token ) &&
           take_number( &token, 1, 2, &date->minute ) && take_colon( &token ) &&
           take_number( &token, 1, 2, &date->second );
}

static int parse_month( struct span token, struct date *date )
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    unsigned int i;

    if (token.len < 3) return 0;
    for (i = 0; i < 12; i++)
    {
        if (!http_token_equal( token.text, 3, names + 3 * i, 3 )) continue;
        date->month = i + 1;
        return 1;
    }
    return 0;
}

static int parse_year( struct span token, struct date *date )
{
    if (!take_number( &token, 2, 4, &date->year )) return 0;
    if (date->year < 70) date->year += 2000;
    else if (date->year < 100) date->year += 1900;
    return 1;
}

/* The first token that can be a time is the time, and so on; what fits nothing is passed over. */
static void parse_date_token( struct span token, struct date *date )
{
    struct span digits = token;

    if (!date->has_time && parse_time( token, date )) date->has_time = 1;
    else if (!date->has_day && take_number( &digits, 1, 2, &date->day )) date->has_day = 1;
    else if (!date->has_month && parse_month( token, date )) date->has_month = 1;
    else if (!date->has_year && parse_year( token, date )) date->has_year = 1;
}

static unsigned int days_in_month( unsigned int year, unsigned int month )
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

static int date_valid( const struct date *date )
{
    return date->has_time && date->has_day && date->has_month && date->has_year &&
           date->hour < 24 && date->minute < 60 && date->second < 60 && date->year >= 1601 &&
           date->day >= 1 && date->day <= days_in_month( date->year, date->month );
}

/* Days from 1970-01-01, by years that begin in March so that the leap day is the last. */
static int64_t date_days( const struct date *date )
{
    int64_t year = (int64_t)date->year - (date->month <= 2);
    int64_t month = (date->month + 9) % 12;

    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
           (int64_t)date->day - 1 - 719468;
}

int cookie_date_parse( const char *text, size_t len, int64_t *time )
{
    struct date date = { 0 };
    size_t start, end = 0;

    while (end < len)
    {
        for (start = end; start < len && is_delimiter( text[start] ); start++) {}
        for (end = start; end < len && !is_delimiter( text[end] ); end++) {}
        if (end > start) parse_date_token( (struct span){ text + start, end - start }, &date );
    }
    if (!date_valid( &date )) return 0;
    *time = ((date_days( &date ) * 24 + date.hour) * 60 + date.minute) * 60 + date.second;
    return 1;
}

/* --- hosts and paths --- */

static int equal_no_case( struct span a, const char *b )
{
    return http_token_equal( a.text, a.len, b, strlen( b ) );
}

/* No domain but itself contains an address. */
static int is_address( const char *host )
{
    const char *last = strrchr( host, '.' );

    if (strchr( host, ':' )) return 1;
    last = last ? last + 1 : host;
    return *last && !last[strspn( last, "0123456789" )];
}

/* Whether the host is the domain or lies in it (RFC 6265 5.1.3). */
static int domain_match( const char *host, struct span domain )
{
    size_t len = strlen( host );

    if (http_token_equal( host, len, domain.text, domain.len )) return 1;
    return len > domain.len && host[len - domain.len - 1] == '.' && !is_address( host ) &&
           http_token_equal( host + len - domain.len, domain.len, domain.text, domain.len );
}

/* Labels under which registries of two-letter domains sell names. */
static int is_registry_label( struct span label )
{
    static const char *const labels[] = { "ac", "co", "com", "edu", "gob", "gov", "mil", "ne",
                                          "net", "or", "org" };
    size_t i;

    for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if (equal_no_case( label, labels[i] )) return 1;
    return 0;
}

/* A domain that belongs to nobody: "com", "co.uk". The full list has ten thousand entries and
 * changes weekly; these are the forms that nearly all of its traffic has. */
static int domain_public( struct span domain )
{
    const char *dot = memchr( domain.text, '.', domain.len );
    struct span label, rest;

    if (!dot) return 1;
    label = (struct span){ domain.text, (size_t)(dot - domain.text) };
    rest = (struct span){ dot + 1, domain.len - label.len - 1 };
    return rest.len == 2 && rest.text[0] != '.' && rest.text[1] != '.' &&
           is_registry_label( label );
}

/* The path of a request, without its query. */
static struct span target_path( const char *target )
{
    return (struct span){ target, strcspn( target, "?#" ) };
}

/* The folder of the request's path (RFC 6265 5.1.4). */
static struct span default_path( const char *target )
{
    struct span path = target_path( target );

    if (!path.len || *path.text != '/') return (struct span){ "/", 1 };
    while (path.len > 1 && path.text[path.len - 1] != '/') path.len--;
    if (path.len > 1) path.len--;
    return path;
}

static int path_match( struct span path, const struct cookie *cookie )
{
    size_t len = cookie->path_len;

    if (path.len < len || memcmp( path.text, cookie->path, len )) return 0;
    return path.len == len || cookie->path[len - 1] == '/' || path.text[len] == '/';
}

/* --- Set-Cookie (RFC 6265 5.2) --- */

static int has_controls( const char *text, size_t len )
{
    size_t i;

    for (i = 0; i < len; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f) return 1;
    return 0;
}

/* The text up to a ';', which goes, too. */
static struct span next_part( struct span *rest )
{
    const char *end = memchr( rest->text, ';', rest->len );
    struct span part = { rest->text, end ? (size_t)(end - rest->text) : rest->len };
    size_t used = part.len + (end != NULL);

    rest->text += used;
    rest->len -= used;
    return part;
}

/* "name = value": returns 0 without '=', and all of it is the name then. */
static int split_pair( struct span part, struct span *name, struct span *value )
{
    const char *equals = memchr( part.text, '=', part.len );
    size_t name_len = equals ? (size_t)(equals - part.text) : part.len;

    *name = (struct span){ part.text, name_len };
    *value = (struct span){ part.text + part.len, 0 };
    if (equals) *value = (struct span){ equals + 1, part.len - name_len - 1 };
    http_token_trim( &name->text, &name->len );
    http_token_trim( &value->text, &value->len );
    return equals != NULL;
}

/* Seconds from now; too many to count are for ever. Returns 0 if it is no number. */
static int parse_max_age( struct span value, int64_t now, int64_t *expires )
{
    int negative = value.len && *value.text == '-';
    int64_t seconds = 0;
    size_t i;

    if (value.len == (size_t)negative) return 0;
    for (i = (size_t)negative; i < value.len; i++)
    {
        if (!http_token_digit( value.text[i] )) return 0;
        if (seconds < INT64_MAX / 100) seconds = seconds * 10 + value.text[i] - '0';
    }
    if (negative || !seconds) *expires = INT64_MIN;
    else *expires = seconds > INT64_MAX - now ? INT64_MAX : now + seconds;
    return 1;
}

static void parse_attribute( struct fields *fields, struct span part, int64_t now )
{
    struct span name, value;
    int64_t time;

    split_pair( part, &name, &value );
    if (equal_no_case( name, "secure" )) fields->secure = 1;
    if (value.len > COOKIE_MAX_ATTRIBUTE) return;
    if (equal_no_case( name, "expires" ))
    {
        if (!fields->has_max_age && cookie_date_parse( value.text, value.len, &time ))
            fields->expires = time;
    }
    else if (equal_no_case( name, "max-age" ))
    {
        if (parse_max_age( value, now, &fields->expires )) fields->has_max_age = 1;
    }
    else if (equal_no_case( name, "domain" ))
    {
        if (value.len && *value.text == '.') value.text++, value.len--;
        fields->domain = value;
    }
    else if (equal_no_case( name, "path" ))
        fields->path = value;
}

static int parse_cookie( struct fields *fields, const struct cookie_scope *scope, const char *text,
                         size_t len )
{
    struct span rest = { text, len };

    memset( fields, 0, sizeof(*fields) );
    fields->expires = INT64_MAX;
    if (has_controls( text, len )) return 0;
    if (!split_pair( next_part( &rest ), &fields->name, &fields->value )) return 0;
    if (!fields->name.len || fields->name.len + fields->value.len > COOKIE_MAX_SIZE) return 0;
    while (rest.len) parse_attribute( fields, next_part( &rest ), scope->now );
    return 1;
}

/* Fills in what the cookie did not say, and judges what it did. */
static int settle_scope( struct fields *fields, const struct cookie_scope *scope )
{
    struct span host = { scope->host, strlen( scope->host ) };

    if (!fields->path.len || *fields->path.text != '/')
        fields->path = default_path( scope->target );
    if (!fields->domain.len || equal_no_case( fields->domain, scope->host ))
    {
        /* a single label or an address may name itself, and means no other (RFC 6265 5.3, 5) */
        fields->host_only = !fields->domain.len || is_address( scope->host ) ||
                            domain_public( host );
        fields->domain = host;
        return 1;
    }
    return domain_match( scope->host, fields->domain ) && !domain_public( fields->domain );
}

/* --- the jar --- */

static int same_domain( const struct cookie *cookie, struct span domain )
{
    return http_token_equal( cookie->domain, cookie->domain_len, domain.text, domain.len );
}

static int same_text( const char *text, size_t len, struct span span )
{
    return len == span.len && !memcmp( text, span.text, len );
}

static struct cookie **find_link( struct cookie_jar *jar, const struct fields *fields )
{
    struct cookie **link, *cookie;

    for (link = &jar->newest; (cookie = *link); link = &cookie->next)
    {
        if (same_text( cookie->name, cookie->name_len, fields->name ) &&
            same_text( cookie->path, cookie->path_len, fields->path ) &&
            same_domain( cookie, fields->domain ) && cookie->host_only == fields->host_only)
            break;
    }
    return link;
}

static char *put( char *out, struct span span )
{
    if (span.len) memcpy( out, span.text, span.len );
    return out + span.len;
}

static struct cookie *create( const struct allocator *alloc, const struct fields *fields )
{
    size_t len = fields->name.len + fields->value.len + fields->domain.len + fields->path.len;
    struct cookie *cookie = allocator_resize( alloc, NULL, sizeof(*cookie) + len );

    if (!cookie) return NULL;
    memset( cookie, 0, sizeof(*cookie) );
    cookie->name = (char *)(cookie + 1);
    cookie->name_len = fields->name.len;
    cookie->value = put( cookie->name, fields->name );
    cookie->value_len = fields->value.len;
    cookie->domain = put( cookie->value, fields->value );
    cookie->domain_len = fields->domain.len;
    cookie->path = put( cookie->domain, fields->domain );
    cookie->path_len = fields->path.len;
    put( cookie->path, fields->path );
    cookie->expires = fields->expires;
    cookie->host_only = fields->host_only;
    cookie->secure = fields->secure;
    return cookie;
}

static void remove_expired( struct cookie_jar *jar, int64_t now )
{
    struct cookie **link = &jar->newest;

    while (*link)
    {
        if ((*link)->expires <= now) remove_at( jar, link );
        else link = &(*link)->next;
    }
}

/* Removes the oldest of a domain that has its full count; of all when the jar is full. */
static void make_room( struct cookie_jar *jar, struct span domain )
{
    struct cookie **link, **oldest = NULL, **oldest_of_domain = NULL;
    size_t count = 0;

    for (link = &jar->newest; *link; link = &(*link)->next)
    {
        oldest = link;
        if (!same_domain( *link, domain )) continue;
        oldest_of_domain = link;
        count++;
    }
    if (count >= COOKIE_MAX_PER_DOMAIN) remove_at( jar, oldest_of_domain );
    else if (jar->count >= COOKIE_MAX_TOTAL) remove_at( jar, oldest );
}

static enum cookie_status insert( struct cookie_jar *jar, const struct fields *fields )
{
    struct cookie *cookie, **link;

    if (!(cookie = create( jar->alloc, fields ))) return COOKIE_ERR_MEMORY;
    if (*(link = find_link( jar, fields ))) remove_at( jar, link );
    else
    {
        make_room( jar, fields->domain );
        link = &jar->newest;
    }
    cookie->next = *link;
    *link = cookie;
    jar->count++;
    return COOKIE_OK;
}

enum cookie_status cookie_jar_store( struct cookie_jar *jar, const struct cookie_scope *scope,
                                     const char *text, size_t len )
{
    struct fields fields;
    struct cookie **former;

    if (!parse_cookie( &fields, scope, text, len )) return COOKIE_REFUSED;
    if (!settle_scope( &fields, scope )) return COOKIE_REFUSED;
    former = find_link( jar, &fields );
    if (*former && (*former)->secure && !scope->secure) return COOKIE_REFUSED;
    if (fields.expires <= scope->now)
    {
        if (*former) remove_at( jar, former );
        return COOKIE_OK;
    }
    remove_expired( jar, scope->now );
    return insert( jar, &fields );
}

/* --- Cookie (RFC 6265 5.4) --- */

static int goes_with( const struct cookie *cookie, const struct cookie_scope *scope,
                      struct span path )
{
    struct span domain = { cookie->domain, cookie->domain_len };

    if (cookie->expires <= scope->now) return 0;
    if (cookie->secure && !scope->secure) return 0;
    if (cookie->host_only ? !equal_no_case( domain, scope->host )
                          : !domain_match( scope->host, domain )) return 0;
    return path_match( path, cookie );
}

/* A text that grows beyond its room: what does not fit is only counted. */
struct output
{
    char *text;
    size_t size, len;
};

static void write_text( struct output *out, const char *text, size_t len )
{
    size_t room = out->len < out->size ? out->size - out->len : 0;

    if (room && len) memcpy( out->text + out->len, text, len < room ? len : room );
    out->len += len;
}

size_t cookie_jar_write( const struct cookie_jar *jar, const struct cookie_scope *scope, char *out,
                         size_t size )
{
    struct span path = target_path( scope->target );
    struct output output = { out, size, 0 };
    const struct cookie *cookie;

    if (!path.len || *path.text != '/') path = (struct span){ "/", 1 };
    for (cookie = jar->newest; cookie; cookie = cookie->next)
    {
        if (!goes_with( cookie, scope, path )) continue;
        if (output.len + cookie->name_len + cookie->value_len + 3 > COOKIE_MAX_HEADER) continue;
        if (output.len) write_text( &output, "; ", 2 );
        write_text( &output, cookie->name, cookie->name_len );
        write_text( &output, "=", 1 );
        write_text( &output, cookie->value, cookie->value_len );
    }
    return output.len;
}
