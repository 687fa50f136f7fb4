/* Signs in by a program of its own in the place of the browser, and uses the token: sign_in CONNECTION-STRING PROGRAM */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <latchkey.h>

static int failed(const void *handle) {
    const char *sqlstate, *message;
    if (lk_error(handle, NULL, &sqlstate, &message) == LK_OK)
        fprintf(stderr, "%s: %s\n", sqlstate, message);
    return 1;
}

/* Shows the page in a process of its own and does not wait for it: the library waits for the person. */
static int32_t show(void *data, const lk_prompt *prompt) {
    const char *program = data;
    if (prompt->user_code)
        printf("enter %s at %s within %" PRIu64 " seconds\n", prompt->user_code, prompt->url, prompt->expires_in);
    fflush(stdout);
    switch (fork()) {
    case -1:
        return 1;
    case 0:
        execl(program, program, prompt->complete_url ? prompt->complete_url : prompt->url, (char *)NULL);
        _exit(1);
    default:
        return 0;
    }
}

int main(int count, char **arguments) {
    lk_session *session;
    lk_sign_in sign_in;
    char token[4096];
    size_t length;
    if (count != 3 || lk_session_new(&session) != LK_OK)
        return 2;
    /* With InitiateOAuth=GETANDREFRESH this signs in, unless a token is stored. */
    if (lk_session_on_prompt(session, show, arguments[2]) != LK_OK || lk_session_open(session, arguments[1]) != LK_OK) {
        int result = failed(session);
        lk_session_free(session);
        return result;
    }
    if (lk_oauth_status(session, &sign_in) == LK_OK)
        printf("%s at %s\n", sign_in.state, sign_in.provider);
    /* For requests of the program's own. */
    if (lk_oauth_access_token(session, token, sizeof token, &length) == LK_OK)
        printf("a token of %s\n", length > 8 ? "many characters" : "few characters");
    memset(token, 0, sizeof token);
    lk_session_free(session);
    return 0;
}
