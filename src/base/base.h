#pragma once
/* Plain C that runs before MPI:
   texts and numbers of the user's, and the files that come with hypoco. */
#include <stdbool.h>
#include <stdio.h>
#include <stddef.h>

/* text.c: allocation that cannot fail quietly, and messages */
void *HypReallocate(void *memory, size_t bytes);
char *HypDuplicate(const char *text);
char *HypFormat(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A user's text made fit for one line of a message: printable UTF-8 as it is, control characters
   and invalid bytes as \xHH, long texts cut */
enum { HYP_SHOW_SIZE = 64 };
typedef char HypShown[HYP_SHOW_SIZE];
const char  *HypShow(HypShown shown, const char *text);

/* Prints a message; what would move others on a terminal, as names of files may, is shown as \xHH.
   Needs no memory. */
void HypPrintSeen(FILE *stream, const char *text);
/* Could something not be written?  A reader that has gone does not count: it ends the program. */
bool HypIsUnwritten(FILE *stream);

/* A point in a message: "theta = 0.5" or "(theta1, ...) = (0.5, -1, ...)", the first components */
typedef char HypShownPoint[160];
const char  *HypShowPoint(HypShownPoint shown, size_t d, const double *theta);

/* round.c: the next number of so many significant digits, 12 at most, that is not below (Up) or not
   above (Down); digits after the thirteenth are rounding and do not count.
   A bar shows no less than it is, a guaranteed rate no more. */
double HypRoundUp(double value, int digits);
double HypRoundDown(double value, int digits);

/* An error bar as all tables have it, rounded up: "+- 1.2e-05", "+- unknown" for NaN */
typedef char HypShownBar[24];
const char  *HypShowBar(HypShownBar shown, double error);

/* signs.c: what a sign is that is none of ours, and what to write instead;
   NULL if it is not known */
const char *HypForeignSign(const char *text);
const char *HypFindForeignSign(const char *text);

/* number.c: a finite number in the C locale that uses up the whole text;
   no nan, inf, hexadecimal; what is too small for a number is rounded, to 0 if need be */
bool HypParseReal(const char *text, size_t length, double *value);

/* installed.c */
bool HypInstalledFile(const char *folder, const char *tree, const char *name, char *path,
                      size_t size);

/* stem.c */
size_t HypStemLength(const char *path);

/* memory.c */
void   HypOutOfMemory(void) __attribute__((noreturn));
void   HypAtOutOfMemory(void (*call)(void));
double HypMemoryAvailable(void);

/* room.c */
char *HypNoRoom(double bytes);
