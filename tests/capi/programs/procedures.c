/* The OAuth procedures as functions: procedures UNMANAGED-STRING STRING CALLBACK-URL PERSON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <latchkey.h>

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            const char *sqlstate = "", *message = "";                                                                  \
            lk_error(session, NULL, &sqlstate, &message);                                                              \
            fprintf(stderr, "line %d: %s\n%s %s\n", __LINE__, #condition, sqlstate, message);                          \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

static lk_session *session;

/* All that the log tells is on stderr, where no secret may be. */
static void line_of_log(void *data, int32_t verbosity, const char *line) {
    (void)verbosity;
    fprintf(data, "%s\n", line);
}

static lk_session *open_session(const char *connection_string) {
    EXPECT(lk_session_new(&session) == LK_OK);
    EXPECT(lk_session_open(session, connection_string) == LK_OK);
    return session;
}

/* Where the browser ends when somebody signs in at the URL. */
static void browse(const char *person, const char *url, char *redirected, size_t capacity) {
    char command[4096];
    FILE *browser;
    EXPECT(snprintf(command, sizeof command, "'%s' '%s'", person, url) < (int)sizeof command);
    browser = popen(command, "r");
    EXPECT(browser && fgets(redirected, (int)capacity, browser));
    redirected[strcspn(redirected, "\n")] = 0;
    EXPECT(pclose(browser) == 0);
}

static char *copy(const char *text) {
    size_t size = strlen(text) + 1;
    char *copied = malloc(size);
    EXPECT(copied);
    return memcpy(copied, text, size);
}

int main(int count, char **arguments) {
    char redirected[4096], token[4096];
    const char *remarks, *sqlstate;
    lk_authorization authorization;
    lk_sign_in sign_in;
    lk_tokens tokens;
    int32_t revoked;
    size_t length;
    char *state, *pkce_verifier, *access_token, *refresh_token;
    if (count != 5 || lk_log_to(line_of_log, stderr, 5) != LK_OK)
        return 2;

    /* Tokens that the program manages itself. */
    open_session(arguments[1]);
    EXPECT(lk_oauth_access_token(session, token, sizeof token, &length) == LK_ERROR);
    EXPECT(lk_oauth_authorization_url(session, arguments[3], NULL, &authorization) == LK_OK);
    EXPECT(strncmp(authorization.url, "http", 4) == 0 && *authorization.state);
    /* With a secret and InitiateOAuth=OFF the code may be redeemed elsewhere. */
    EXPECT(!authorization.pkce_verifier);
    EXPECT(lk_session_free(session) == LK_OK);

    /* Tokens that the library keeps. */
    open_session(arguments[1]);
    EXPECT(lk_oauth_status(session, &sign_in) == LK_OK && strcmp(sign_in.state, "signed out") == 0);
    EXPECT(lk_session_free(session) == LK_OK);
    open_session(arguments[1]);
    EXPECT(lk_oauth_authorization_url(session, arguments[3], "files.content.read account_info.read files.metadata.read", &authorization) == LK_OK);
    state = copy(authorization.state);
    pkce_verifier = authorization.pkce_verifier ? copy(authorization.pkce_verifier) : NULL;
    browse(arguments[4], authorization.url, redirected, sizeof redirected);
    EXPECT(lk_oauth_exchange(session, redirected, arguments[3], "another state", pkce_verifier, &tokens) == LK_ERROR);
    EXPECT(lk_error(session, NULL, &sqlstate, NULL) == LK_OK && strcmp(sqlstate, "28000") == 0);
    EXPECT(lk_oauth_exchange(session, redirected, arguments[3], state, pkce_verifier, &tokens) == LK_OK);
    EXPECT(*tokens.access_token && *tokens.refresh_token && tokens.expires_in > 0);
    access_token = copy(tokens.access_token);
    refresh_token = copy(tokens.refresh_token);
    EXPECT(lk_session_free(session) == LK_OK);

    /* A code is good once, so the library gets the refresh token. */
    {
        char seeded[8192];
        snprintf(seeded, sizeof seeded, "OAuthAccessToken=%s;OAuthRefreshToken=%s;%s", access_token, refresh_token, arguments[2]);
        open_session(seeded);
        memset(seeded, 0, sizeof seeded);
    }
    EXPECT(lk_oauth_access_token(session, NULL, 0, &length) == LK_ERROR);
    EXPECT(lk_error(session, NULL, &sqlstate, NULL) == LK_OK && strcmp(sqlstate, "22001") == 0);
    memset(token, 'x', sizeof token);
    EXPECT(lk_oauth_access_token(session, token, length, NULL) == LK_ERROR && *token == 'x');
    EXPECT(lk_oauth_access_token(session, token, length + 1, NULL) == LK_OK && strlen(token) == length);
    EXPECT(strcmp(token, access_token) == 0);
    EXPECT(lk_oauth_refresh(session, NULL, &tokens) == LK_OK && strcmp(tokens.access_token, token) != 0);
    EXPECT(lk_oauth_access_token(session, token, sizeof token, NULL) == LK_OK);
    EXPECT(lk_oauth_status(session, &sign_in) == LK_OK);
    EXPECT(strcmp(sign_in.state, "signed in") == 0 && strcmp(sign_in.provider, "Dropbox") == 0);
    EXPECT(strcmp(sign_in.client_id, "simulatorappkey") == 0 && sign_in.has_refresh_token == 1);
    EXPECT(sign_in.expires_at && sign_in.last_refresh && sign_in.stored_in && sign_in.protected_by && *sign_in.scopes);
    EXPECT(lk_oauth_revoke(session, NULL, NULL, &revoked, &remarks) == LK_OK && revoked == 1 && *remarks);
    EXPECT(lk_oauth_access_token(session, token, sizeof token, NULL) == LK_ERROR);
    EXPECT(lk_oauth_refresh(session, NULL, NULL) == LK_ERROR);
    EXPECT(lk_oauth_exchange(session, "nonsense", NULL, NULL, NULL, NULL) == LK_ERROR);
    EXPECT(lk_session_free(session) == LK_OK);
    free(state);
    free(pkce_verifier);
    free(access_token);
    free(refresh_token);
    EXPECT(lk_log_to(NULL, NULL, 1) == LK_OK);
    puts("done");
    return 0;
}
