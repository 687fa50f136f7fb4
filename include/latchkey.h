/* Latchkey's C API: JSON documents behind OAuth 2.0, queried with SQL. docs/c-api.md shows how to begin.
 *
 * Every function but lk_version() answers an lk_status. Texts are UTF-8 and end with a NUL, and what the library hands out
 * belongs to the library for as long as the comment says. A handle that is freed or never was one is LK_INVALID_HANDLE, not
 * a crash. One call at a time is made on a handle; another thread's waits.
 *
 * Generated from src/capi by the build; a test fails when this copy is stale. */

#ifndef LATCHKEY_H
#define LATCHKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The Arrow C data and stream interfaces, as https://arrow.apache.org/docs/format/CDataInterface.html defines them. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

#ifdef __cplusplus
extern "C" {
#endif

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#ifdef __cplusplus
}
#endif

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

#ifdef __cplusplus
extern "C" {
#endif

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#ifdef __cplusplus
}
#endif

#endif /* ARROW_C_STREAM_INTERFACE */

/**
 * How a call ended.
 */
enum lk_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * It did what it was asked for.
   */
  LK_OK = 0,
  /**
   * There is no more: no further row, no error, no warning with this number.
   */
  LK_END = 1,
  /**
   * It failed; lk_error() on the handle tells why.
   */
  LK_ERROR = -1,
  /**
   * The handle is NULL, freed, of another kind, or no handle at all.
   */
  LK_INVALID_HANDLE = -2,
  /**
   * A call without a handle has a wrong argument, or any call was made from within a callback where only lk_cancel(),
   * lk_error() and lk_version() may be.
   */
  LK_MISUSE = -3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lk_status lk_status;
#else
typedef int32_t lk_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The type of a column.
 */
enum lk_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * True or false.
   */
  LK_TYPE_BOOL = 1,
  /**
   * A whole number of at most 64 bits.
   */
  LK_TYPE_INT64 = 2,
  /**
   * A floating-point number.
   */
  LK_TYPE_DOUBLE = 3,
  /**
   * A decimal number of up to 38 digits; lk_text() tells all of them.
   */
  LK_TYPE_DECIMAL = 4,
  /**
   * A date; lk_int64() tells the days since 1970-01-01.
   */
  LK_TYPE_DATE = 5,
  /**
   * A time of day; lk_int64() tells the microseconds since midnight.
   */
  LK_TYPE_TIME = 6,
  /**
   * A timestamp without a time zone; lk_int64() tells the microseconds since 1970-01-01 00:00:00.
   */
  LK_TYPE_TIMESTAMP = 7,
  /**
   * Text in UTF-8.
   */
  LK_TYPE_TEXT = 8,
  /**
   * Bytes.
   */
  LK_TYPE_BYTES = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum lk_type lk_type;
#else
typedef int32_t lk_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A session: one connection string, one sign-in, and the statements on it. The pointer is a number that the library
 * checks; there is nothing behind it.
 */
typedef struct lk_session lk_session;

/**
 * A statement of a session, and its result. The pointer is a number that the library checks; there is nothing behind it.
 */
typedef struct lk_statement lk_statement;

/**
 * Takes a line of the log, without a line end. Verbosity is the lowest that shows it: 1 errors and warnings, 2
 * connections and sign-ins, 3 requests and statements, 4 every call. No line holds a secret.
 *
 * It is called on any thread, also on several at once. The same holds for it as for a prompt callback.
 */
typedef void (*lk_log_callback)(void *data, int32_t verbosity, const char *line);

/**
 * Where somebody signs in, as a prompt callback is told. All of it is gone when the callback returns.
 */
typedef struct lk_prompt {
  /**
   * The page to open in a browser; with a user_code the page where the code is entered, on any device.
   */
  const char *url;
  /**
   * The code to enter at url; NULL when there is none to enter.
   */
  const char *user_code;
  /**
   * The page with the code in it already; NULL when there is none.
   */
  const char *complete_url;
  /**
   * Seconds that the person has.
   */
  uint64_t expires_in;
} lk_prompt;

/**
 * Shows somebody where to sign in, and returns at once: 0 when it is shown, anything else to give the sign-in up.
 *
 * It is called on the thread whose call waits for the sign-in. It must not throw, longjmp, or call the library but for
 * lk_cancel(), lk_error() and lk_version().
 */
typedef int32_t (*lk_prompt_callback)(void *data, const struct lk_prompt *prompt);

/**
 * A request to sign in, as lk_oauth_authorization_url() answers it. The texts belong to the session and are wiped by the
 * next call on it.
 */
typedef struct lk_authorization {
  /**
   * The URL to open in a browser.
   */
  const char *url;
  /**
   * What the redirected URL must carry as state.
   */
  const char *state;
  /**
   * A secret, to be given to lk_oauth_exchange(); NULL where the request has no PKCE.
   */
  const char *pkce_verifier;
} lk_authorization;

/**
 * Tokens. The texts are secrets; they belong to the session and are wiped by the next call on it.
 */
typedef struct lk_tokens {
  /**
   * The access token.
   */
  const char *access_token;
  /**
   * The refresh token; NULL when there is none.
   */
  const char *refresh_token;
  /**
   * Seconds until the access token ends; -1 when it never does, or that is not known.
   */
  int64_t expires_in;
} lk_tokens;

/**
 * How a sign-in stands; no text of it is a secret. The texts belong to the session until the next call on it; those that
 * are not known are NULL.
 */
typedef struct lk_sign_in {
  /**
   * The provider's name.
   */
  const char *provider;
  /**
   * The account, as the provider calls it.
   */
  const char *account;
  /**
   * The application.
   */
  const char *client_id;
  /**
   * The scopes, separated by spaces.
   */
  const char *scopes;
  /**
   * "signed in", "expired", "signed out", "managed by the caller", or why it was revoked or refused.
   */
  const char *state;
  /**
   * When the access token ends, as 2026-01-31T12:00:00Z.
   */
  const char *expires_at;
  /**
   * When the access token was obtained, written alike.
   */
  const char *last_refresh;
  /**
   * The settings file, or memory://name.
   */
  const char *stored_in;
  /**
   * What keeps others from reading the tokens there.
   */
  const char *protected_by;
  /**
   * 1 when the access token can be refreshed, else 0.
   */
  int32_t has_refresh_token;
} lk_sign_in;

/**
 * How far a query has come with the documents that its rows are read from.
 */
typedef struct lk_progress {
  /**
   * Documents begun.
   */
  uint64_t files;
  /**
   * Documents to read in all, unless the statement ends before.
   */
  uint64_t of_files;
  /**
   * Bytes read of them, decompressed.
   */
  uint64_t bytes;
  /**
   * Rows found in them.
   */
  uint64_t rows;
} lk_progress;

/**
 * Takes note of how far a query has come.
 *
 * It is called on the thread whose call waits for rows, a few times a second and only when something has changed. The same
 * holds for it as for a prompt callback; lk_cancel() on the statement ends the query.
 */
typedef void (*lk_progress_callback)(void *data, const struct lk_progress *progress);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of this library, such as "0.1.0": a text that lives as long as the process.
 */
const char *lk_version(void);

/**
 * Why the last call on a handle, a session or a statement, failed: LK_OK when it did, LK_END when it did not.
 *
 * code is a stable number of the kind of error, 0 where a call was used wrongly; sqlstate has five characters; message is
 * one line for a person and holds no secret. Each of the three may be NULL. The texts belong to the handle and live until
 * the next call on it; this one, lk_warning(), lk_cancel() and lk_set_timeout() do not count.
 */
lk_status lk_error(const void *handle,
                   int32_t *code,
                   const char **sqlstate,
                   const char **message);

/**
 * What a handle warns of, counted from 0: LK_OK, and LK_END when there is no further warning. On a session these are the
 * warnings of lk_session_open(); on a statement those of lk_prepare() and lk_execute() and of the rows that were read,
 * also of those that were read through a stream.
 *
 * code, sqlstate and message are as those of lk_error(). The texts belong to the handle and live until the next call of
 * lk_session_open(), lk_prepare(), lk_run() or lk_execute() on it.
 */
lk_status lk_warning(const void *handle,
                     size_t index,
                     int32_t *code,
                     const char **sqlstate,
                     const char **message);

/**
 * Ends what a session or a statement does: a call that waits on another thread fails with SQLSTATE HY008, and so does the
 * reading of the rows of an execution, or of its stream, that has not come to its end. What begins later is not concerned:
 * the statement may be executed again. It returns at once, and may be called from a callback.
 */
lk_status lk_cancel(void *handle);

/**
 * Limits what each call on a session or a statement may wait, in milliseconds; 0, as it is at first, for no limit. A call
 * that takes longer fails with SQLSTATE HYT00. A new statement has the limit of its session, and a stream the limit that
 * its statement had when it was made.
 */
lk_status lk_set_timeout(void *handle,
                         uint64_t milliseconds);

/**
 * Tells the log of all sessions of the process to a callback, line by line; NULL ends that. Verbosity is that of the
 * property, 1 to 5, of which 5 shows all. When this returns, the callback that was set before is not called any more.
 *
 * data is passed to the callback and must be valid as long as the callback is set. LK_MISUSE for another verbosity.
 */
lk_status lk_log_to(lk_log_callback callback,
                    void *data,
                    int32_t verbosity);

/**
 * Makes a session that is not open yet, and writes it to *session. Free it with lk_session_free(). LK_MISUSE when session
 * is NULL.
 */
lk_status lk_session_new(struct lk_session **session);

/**
 * Lets a callback show where to sign in, in the place of the browser; NULL for the browser again. Set it before
 * lk_session_open().
 *
 * data is passed to the callback and must be valid until the session is freed or another callback is set.
 */
lk_status lk_session_on_prompt(struct lk_session *session,
                               lk_prompt_callback callback,
                               void *data);

/**
 * Opens a session by a connection string, Key=Value;Key={a;b}, with the properties that README.md lists. With
 * InitiateOAuth=OFF it does not touch the network; else it makes sure of a token first, which may take a person.
 */
lk_status lk_session_open(struct lk_session *session,
                          const char *connection_string);

/**
 * Frees a session with all its statements; what other threads wait for on them ends. Streams live on.
 */
lk_status lk_session_free(struct lk_session *session);

/**
 * Makes the URL to sign in at, for the program to open. Sends nothing, except where an OAuthIssuer is still to be
 * discovered.
 *
 * callback_url and scope may be NULL for those of the connection string. authorization is written; its texts belong to
 * the session and are wiped by the next call on it.
 */
lk_status lk_oauth_authorization_url(struct lk_session *session,
                                     const char *callback_url,
                                     const char *scope,
                                     struct lk_authorization *authorization);

/**
 * Exchanges a verifier, which is the code or the whole redirected URL, for tokens. With InitiateOAuth=REFRESH or
 * GETANDREFRESH they are stored, and the session uses them from now on.
 *
 * callback_url, state and pkce_verifier are those of the request, or NULL; state is compared when the verifier is a whole
 * URL. tokens may be NULL; its texts belong to the session and are wiped by the next call on it.
 */
lk_status lk_oauth_exchange(struct lk_session *session,
                            const char *verifier,
                            const char *callback_url,
                            const char *state,
                            const char *pkce_verifier,
                            struct lk_tokens *tokens);

/**
 * Exchanges a refresh token for a new access token, whether the old one is still good or not. refresh_token may be NULL
 * for the one that is stored. tokens is as for lk_oauth_exchange().
 */
lk_status lk_oauth_refresh(struct lk_session *session,
                           const char *refresh_token,
                           struct lk_tokens *tokens);

/**
 * Ends a sign-in at the provider and removes it here: the session's own when both tokens are NULL.
 *
 * *revoked becomes 1, or 0 when the provider refused and the sign-in was removed only here; *remarks says what happened,
 * a text that belongs to the session until the next call on it. Both may be NULL.
 */
lk_status lk_oauth_revoke(struct lk_session *session,
                          const char *access_token,
                          const char *refresh_token,
                          int32_t *revoked,
                          const char **remarks);

/**
 * Tells how the sign-in of the session stands, without a token and without asking the provider. sign_in is written; its
 * texts belong to the session until the next call on it.
 */
lk_status lk_oauth_status(struct lk_session *session,
                          struct lk_sign_in *sign_in);

/**
 * Copies an access token that is good now into buffer, with a NUL behind it: for requests that the program sends itself as
 * this identity. It is refreshed before when it is about to end, and InitiateOAuth allows that. The library wipes its own
 * copy; wiping the buffer is up to the program.
 *
 * *length becomes the length without the NUL; it may be NULL. When capacity is not greater than that, the call fails with
 * SQLSTATE 22001 and nothing is written to buffer; buffer may then be NULL, to ask for the length.
 */
lk_status lk_oauth_access_token(struct lk_session *session,
                                char *buffer,
                                size_t capacity,
                                size_t *length);

/**
 * Makes a statement on an open session, and writes it to *statement. Free it with lk_statement_free(), or with its
 * session. Statements of one session may be used on several threads at once, each on one.
 */
lk_status lk_statement_new(struct lk_session *session,
                           struct lk_statement **statement);

/**
 * Frees a statement with its result; what another thread waits for on it ends. A stream of it lives on.
 */
lk_status lk_statement_free(struct lk_statement *statement);

/**
 * Lets a callback know how far the next executions of a statement come; NULL for none.
 *
 * data is passed to the callback and must be valid until the result of the last such execution is gone: until the
 * statement is executed anew or freed, and where its rows were given to a stream until that is released.
 */
lk_status lk_statement_on_progress(struct lk_statement *statement,
                                   lk_progress_callback callback,
                                   void *data);

/**
 * Plans a statement: a query, a change of scratch tables, or a call of a procedure. Parameters are written as ?. The
 * result of an earlier execution is gone, and so are bound values.
 */
lk_status lk_prepare(struct lk_statement *statement,
                     const char *sql);

/**
 * Writes how many parameters the prepared statement has to *count.
 */
lk_status lk_parameter_count(struct lk_statement *statement, size_t *count);

/**
 * Binds NULL to a parameter. Parameters count from 0; a value stays bound until another takes its place.
 */
lk_status lk_bind_null(struct lk_statement *statement,
                       size_t parameter);

/**
 * Binds a truth to a parameter: 0 is false, anything else is true.
 */
lk_status lk_bind_bool(struct lk_statement *statement, size_t parameter, int32_t value);

/**
 * Binds a whole number to a parameter.
 */
lk_status lk_bind_int64(struct lk_statement *statement, size_t parameter, int64_t value);

/**
 * Binds a floating-point number to a parameter.
 */
lk_status lk_bind_double(struct lk_statement *statement, size_t parameter, double value);

/**
 * Binds a text in UTF-8, which is copied, to a parameter; NULL binds NULL. It serves for dates, times, timestamps and
 * decimal numbers as well: a text becomes what the statement needs there.
 */
lk_status lk_bind_text(struct lk_statement *statement,
                       size_t parameter,
                       const char *value);

/**
 * Binds bytes, which are copied, to a parameter. value may be NULL when length is 0.
 */
lk_status lk_bind_bytes(struct lk_statement *statement,
                        size_t parameter,
                        const uint8_t *value,
                        size_t length);

/**
 * Executes the prepared statement with the bound values. A change is done when this returns; the rows of a query are read
 * with lk_next(), or all of them through lk_stream(). An earlier result is gone.
 */
lk_status lk_execute(struct lk_statement *statement);

/**
 * Prepares and executes a statement that has no parameters.
 */
lk_status lk_run(struct lk_statement *statement, const char *sql);

/**
 * Writes how many rows an executed change has inserted, updated or deleted to *rows; -1 for anything else.
 */
lk_status lk_changed_rows(struct lk_statement *statement,
                          int64_t *rows);

/**
 * Gives all rows of an executed query, of which none was read, to *stream: an Arrow C stream, whose arrays are the
 * library's own buffers and not copies of them. What is in *stream before is not released.
 *
 * The program owns the stream and calls its release, once. It lives on without the statement and the session. Its get_next
 * waits as lk_next() does, calls the same callbacks, and is ended by lk_cancel() on the statement while that lives; its
 * get_last_error begins with the SQLSTATE in brackets behind a word or two of the kind of error.
 */
lk_status lk_stream(struct lk_statement *statement,
                    struct ArrowArrayStream *stream);

/**
 * Writes how many columns the prepared statement has to *count; 0 for a change.
 */
lk_status lk_column_count(struct lk_statement *statement, size_t *count);

/**
 * Writes the name of a column to *name. Columns count from 0. The text belongs to the statement until it is prepared anew
 * or freed.
 */
lk_status lk_column_name(struct lk_statement *statement,
                         size_t column,
                         const char **name);

/**
 * Writes the type of a column to *type.
 */
lk_status lk_column_type(struct lk_statement *statement, size_t column, lk_type *type);

/**
 * Goes to the next row, the first one after lk_execute(): LK_OK when there is one, LK_END when there is none. Pointers to
 * values of the row before are of no more use.
 */
lk_status lk_next(struct lk_statement *statement);

/**
 * Writes whether the value of a column in this row is NULL to *is_null.
 */
lk_status lk_is_null(struct lk_statement *statement, size_t column, bool *is_null);

/**
 * Writes the value of a column in this row to *value as a whole number: of a number, a truth, a text that reads as one, a
 * date, a time or a timestamp (see lk_type for their units). It fails for NULL and for what it would change: 22002, 22003,
 * 22018, 07006.
 */
lk_status lk_int64(struct lk_statement *statement,
                   size_t column,
                   int64_t *value);

/**
 * Writes the value of a column in this row to *value as the nearest floating-point number: of a number, a truth, or a text
 * that reads as one. It fails for NULL.
 */
lk_status lk_double(struct lk_statement *statement,
                    size_t column,
                    double *value);

/**
 * Writes the value of a column in this row to *text as text in UTF-8 with a NUL behind it, and its length without that to
 * *length, which may be NULL. Every type has a text, the one of CAST in SQL; NULL is a null pointer. The text belongs to
 * the statement until the next lk_next(), lk_prepare() or lk_execute().
 */
lk_status lk_text(struct lk_statement *statement,
                  size_t column,
                  const char **text,
                  size_t *length);

/**
 * Writes where the bytes of a column in this row are to *bytes, and how many to *length: of bytes, or of a text, without a
 * copy and without a NUL behind them; NULL is a null pointer. They belong to the statement as for lk_text().
 */
lk_status lk_bytes(struct lk_statement *statement,
                   size_t column,
                   const uint8_t **bytes,
                   size_t *length);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LATCHKEY_H */
