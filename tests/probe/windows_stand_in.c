/* A stand-in for the libraries of Windows that the probe asks, so that its C# runs under Mono: they answer
   from the folder in STAND_IN. No test of Windows itself; the layouts are those of its headers.

   STAND_IN/events        one event a line, as XML; the file may grow, or be replaced by another log
   STAND_IN/sessions      "id state station user domain logon_filetime family a.b.c.d" a line
   STAND_IN/logons        "id type session user domain logon_filetime" a line; the file "denied" refuses them */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef uint16_t wide;

static FILE *opened(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("STAND_IN"), name);
    return fopen(path, "r");
}

/* ASCII alone is asked for here. */
static void widen(wide *to, const char *from)
{
    while ((*to++ = (unsigned char)*from++)) { }
}

/* What Mono takes for the last error of Windows. */
#include <errno.h>

/* --- the event log --------------------------------------------------------------------------- */

struct results { long position; int backwards, wants_boot; char bookmark; };

static char *event_at(long after, int backwards, int wants_boot)
{
    static __thread char line[65536];
    char *best = NULL;
    long best_record = 0;
    FILE *events = opened("events");
    if (!events) return NULL;
    while (fgets(line, sizeof line, events)) {
        long record = atol(strstr(line, "<EventRecordID>") + 15);
        if (wants_boot != (strstr(line, "<EventID>12<") != NULL)) continue;
        if (backwards ? record < after && record > best_record : record > after && (!best || record < best_record)) {
            free(best);
            best = strdup(line);
            best_record = record;
        }
    }
    fclose(events);
    return best;
}

static long number_of(const char *event) { return atol(strstr(event, "<EventRecordID>") + 15); }

static int narrow_has(const wide *text, const char *word)
{
    char narrow[8192];
    int at = 0;
    for (; text[at] && at < 8191; at++) narrow[at] = (char)text[at];
    narrow[at] = 0;
    return strstr(narrow, word) != NULL;
}

void *EvtCreateBookmark(const wide *xml)
{
    char narrow[1024];
    int at = 0;
    struct results *bookmark = calloc(1, sizeof *bookmark);
    for (; xml[at] && at < 1023; at++) narrow[at] = (char)xml[at];
    narrow[at] = 0;
    bookmark->position = atol(strstr(narrow, "RecordId='") + 10);
    return bookmark;
}

void *EvtSubscribe(void *session, void *signal, const wide *path, const wide *query, struct results *bookmark,
                   void *context, void *callback, int flags)
{
    struct results *results = calloc(1, sizeof *results);
    results->position = flags == 3 ? bookmark->position : 0;
    return results;
}

void *EvtQuery(void *session, const wide *path, const wide *query, int flags)
{
    struct results *results = calloc(1, sizeof *results);
    results->backwards = flags & 0x200;
    results->position = results->backwards ? 1L << 60 : 0;
    results->wants_boot = narrow_has(query, "EventID=12]");
    return results;
}

int EvtSeek(struct results *results, int64_t position, struct results *bookmark, int timeout, int flags)
{
    if (flags == 1) {
        while (position-- > 0) {
            char *event = event_at(results->position, results->backwards, 0);
            if (!event) return 0;
            results->position = number_of(event);
            free(event);
        }
        return 1;
    }
    char *event = event_at(bookmark->position - 1, 0, 0);
    int is_there = event && number_of(event) == bookmark->position;
    free(event);
    results->position = bookmark->position - 1;
    return is_there;
}

int EvtNext(struct results *results, int size, void **events, int timeout, int flags, int *returned)
{
    *returned = 0;
    for (; *returned < size; ++*returned) {
        char *event = event_at(results->position, results->backwards, results->wants_boot);
        if (!event && !results->backwards && !results->wants_boot && *returned == 0) {
            /* A log that was cleared begins with 1. */
            event = event_at(0, 0, 0);
            char *newest = event_at(1L << 60, 1, 0);
            if (!event || number_of(event) != 1 || !newest || number_of(newest) >= results->position) {
                free(event);
                event = NULL;
            }
            free(newest);
        }
        if (!event) break;
        results->position = number_of(event);
        events[*returned] = event;
    }
    errno = 259;
    return *returned > 0;
}

int EvtRender(void *context, const char *event, int flags, int size, wide *buffer, int *used, int *properties)
{
    *used = (int)(strcspn(event, "\n") + 1) * 2;
    errno = 122;
    if (*used > size) return 0;
    char *line = strndup(event, strcspn(event, "\n"));
    widen(buffer, line);
    free(line);
    return 1;
}

int EvtClose(void *handle) { free(handle); return 1; }

void *EvtOpenLog(void *session, const wide *path, int flags)
{
    FILE *events = opened("events");
    if (!events) return NULL;
    fclose(events);
    return calloc(1, sizeof(struct results));
}

int EvtGetLogInfo(void *log, int property, int size, int64_t *value, int *used)
{
    char *oldest = event_at(0, 0, 0), *newest = event_at(1L << 60, 1, 0);
    value[0] = property == 2 ? 134396496000000000 : !oldest ? 0
             : property == 6 ? number_of(oldest) : number_of(newest) - number_of(oldest) + 1;
    free(oldest);
    free(newest);
    return 1;
}

/* --- sessions and logons --------------------------------------------------------------------- */

struct session { int32_t id; wide *name; int32_t state; };
struct row { int id, state, family, a, b, c, d; char station[64], user[64], domain[64]; long long logon; };

static int rows(struct row *all)
{
    int count = 0;
    FILE *sessions = opened("sessions");
    if (!sessions) return 0;
    for (struct row *r = all; count < 64 && fscanf(sessions, "%d %d %63s %63s %63s %lld %d %d.%d.%d.%d", &r->id, &r->state,
         r->station, r->user, r->domain, &r->logon, &r->family, &r->a, &r->b, &r->c, &r->d) == 11; r++) count++;
    fclose(sessions);
    return count;
}

int WTSEnumerateSessionsW(void *server, int reserved, int version, struct session **list, int *count)
{
    struct row all[64];
    *count = rows(all);
    *list = calloc(64, sizeof **list);
    for (int at = 0; at < *count; at++) {
        (*list)[at].id = all[at].id;
        (*list)[at].state = all[at].state;
        (*list)[at].name = calloc(64, 2);
        widen((*list)[at].name, all[at].station);
    }
    return 1;
}

int WTSQuerySessionInformationW(void *server, int id, int info_class, char **buffer, int *bytes)
{
    struct row all[64], *found = NULL;
    int count = rows(all);
    for (int at = 0; at < count; at++) if (all[at].id == id) found = &all[at];
    if (!found) return 0;
    *buffer = calloc(1, *bytes = 4096);
    if (info_class == 24) {
        long long times[] = { found->logon, 0, found->logon + 600000000, found->logon, found->logon };
        widen((wide *)(*buffer + 96), found->domain);
        widen((wide *)(*buffer + 130), found->user);
        memcpy(*buffer + 176, times, sizeof times);
    } else {
        wide address[4] = { (wide)found->a, (wide)found->b, (wide)found->c, (wide)found->d };
        widen((wide *)*buffer, "LAPTOP");
        memcpy(*buffer + 1168, &found->family, 4);
        memcpy(*buffer + 1172, address, sizeof address);
    }
    return 1;
}

void WTSFreeMemory(void *memory) { free(memory); }

struct text { uint16_t length, maximum; wide *buffer; };
struct logon {
    uint32_t size; int32_t id_low, id_high; struct text user, domain, package;
    int32_t type, session; void *sid; int64_t time;
};

static struct text text_of(const char *value)
{
    struct text text = { (uint16_t)(strlen(value) * 2), (uint16_t)(strlen(value) * 2), calloc(strlen(value) + 1, 2) };
    widen(text.buffer, value);
    return text;
}

uint32_t LsaEnumerateLogonSessions(uint32_t *count, int64_t **ids)
{
    FILE *logons = opened("logons");
    char line[512];
    *count = 0;
    *ids = calloc(64, 8);
    while (logons && *count < 64 && fgets(line, sizeof line, logons)) (*ids)[(*count)++] = strtoll(line, NULL, 0);
    if (logons) fclose(logons);
    return 0;
}

uint32_t LsaGetLogonSessionData(int64_t *id, struct logon **data)
{
    FILE *denied = opened("denied"), *logons = opened("logons");
    char number[32], user[64], domain[64];
    uint32_t status = 0xC0000022;
    *data = calloc(1, sizeof **data);
    (*data)->size = sizeof **data;
    while (!denied && logons && fscanf(logons, "%31s %d %d %63s %63s %ld", number, &(*data)->type, &(*data)->session, user, domain,
           &(*data)->time) == 6)
        if (strtoll(number, NULL, 0) == *id) {
            (*data)->user = text_of(user);
            (*data)->domain = text_of(domain);
            status = 0;
            break;
        }
    if (denied) fclose(denied);
    if (logons) fclose(logons);
    return status;
}

uint32_t LsaFreeReturnBuffer(void *buffer) { free(buffer); return 0; }

/* --- processes, processors, memory ----------------------------------------------------------- */

void *OpenProcess(int access, int inherit, int pid) { return (void *)(intptr_t)pid; }
int CloseHandle(void *handle) { return 1; }
int OpenProcessToken(void *process, int access, void **token) { *token = process; return 1; }

/* Whatever process it is, it runs under the logon that the file "own" names. */
int GetTokenInformation(void *token, int info_class, char *buffer, int size, int *needed)
{
    FILE *own = opened("own");
    long long id = 0;
    if (own && fscanf(own, "%lli", &id) != 1) id = 0;
    if (own) fclose(own);
    memcpy(buffer + 8, &id, 8);
    return 1;
}

int GetSystemTimes(int64_t *idle, int64_t *kernel, int64_t *user)
{
    static int readings = 0;
    readings++;
    *idle = 700 * readings;
    *kernel = 800 * readings;
    *user = 200 * readings;
    return 1;
}

int GlobalMemoryStatusEx(int64_t *status)
{
    status[1] = 1000;
    status[2] = 250;
    return 1;
}

uint64_t GetTickCount64(void)
{
    FILE *uptime = fopen("/proc/uptime", "r");
    double seconds = 0;
    if (uptime && fscanf(uptime, "%lf", &seconds) != 1) seconds = 0;
    if (uptime) fclose(uptime);
    return (uint64_t)(seconds * 1000);
}
