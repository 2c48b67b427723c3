#pragma once
/*
   Private: the table of results.
   Every quantity that a run of the kinetic equation can find out is one row of a section;
   the table on stdout (print.c), the JSON summary (json.c) and the result file (parts.c) are loops
   over the rows.
   The series have a table of their own, src/decay/series.c.
*/
#include <hypoco/result.h>

typedef enum { HYP_ABSENT, HYP_REAL, HYP_REALS, HYP_INTEGER, HYP_FLAG, HYP_TEXT } HypValueType;

/* One value. NaN and NULL: unknown, which is null in the summary and left out elsewhere;
   HYP_ABSENT: left out everywhere */
typedef struct {
  HypValueType     type;
  PetscReal        real; /* also of integers and flags */
  PetscInt         n;
  const PetscReal *reals;
  const char      *text;
} HypValue;

/* Where a number that is shown with few digits lies: nearest, or for certain on one side */
typedef enum { HYP_NEAREST, HYP_ABOVE, HYP_BELOW } HypSide;

/* A quantity */
typedef struct {
  const char
    *group;         /* object in the summary that the member stands in; NULL: that of the section */
  const char *name; /* member of the summary; NULL: not there */
  const char
    *file; /* attribute of the result file, or its variable if there are many; NULL: not there */
  const char *label;  /* on stdout; NULL: not there */
  const char *format; /* of the value on stdout; NULL: %.10g */
  HypSide     side;   /* on which that lies */
  int         width;  /* of its column on stdout, negative: from the left; 0: 18 */
  PetscBool   many;   /* one value for each index of the section */
  const char *unit, *meaning, *source;
  HypValue (*value)(const HypResult *, PetscInt i);
  void (*note)(const HypResult *, char text[],
               size_t size); /* behind the value on stdout; NULL: none */
} HypQuantity;

typedef enum {
  HYP_OBJECT,
  HYP_LIST
} HypSectionForm; /* in the summary: an object, or a list of objects */
/* On stdout; a table has a line for each index, across: a line for each quantity */
typedef enum { HYP_LINE, HYP_TABLE, HYP_ACROSS } HypSectionLook;

/* Quantities that belong together: a member of the summary */
typedef struct {
  const char    *name;   /* NULL: its rows are members of the whole */
  const char    *parent; /* the section it is a member of; NULL: of the whole */
  const char    *title;  /* on stdout */
  HypSectionForm form;
  HypSectionLook look;
  PetscBool      early;    /* known before the first step: a file has it while the run goes on */
  PetscBool      optional; /* in the summary no member, rather than null, where the run has none */
  const char    *dimension,
    *index; /* name and meaning of the index in the result file; NULL: there is none */
  PetscBool (*exists)(const HypResult *);
  PetscInt (*count)(const HypResult *); /* values of the index */
  PetscInt           nrows;
  const HypQuantity *rows;
} HypSection;

/* In the order in which they are printed; NULL behind the last */
PETSC_INTERN const HypSection *const HypSections[];

PETSC_INTERN const HypSection HypAnswerSection, HypModelSection, HypSpaceSection, HypAxisXSection,
  HypAxisVSection, HypRateSection, HypNormSection, HypDistanceSection, HypSpectrumSection,
  HypPropagatorSection, HypSteadySection, HypIdentitySection, HypStatementSection,
  HypCertificateSection, HypBoundSection, HypGuardSection, HypTimingSection, HypAssumptionSection,
  HypConstantsSection, HypEstimateSection;

static inline PetscBool HypValueKnown(HypValue v)
{
  if (v.type == HYP_TEXT) return (PetscBool)(v.text != NULL);
  if (v.type == HYP_REALS) return (PetscBool)(v.reals != NULL);
  return (PetscBool)(v.type != HYP_ABSENT && !PetscIsNanReal(v.real));
}

/* Functions of the rows, one line each: the value of R, at index i */
#define HYP_VALUE(name, ...)                                                                       \
  static HypValue name(const HypResult *R, PetscInt i)                                             \
  {                                                                                                \
    (void)R, (void)i;                                                                              \
    return (HypValue){__VA_ARGS__};                                                                \
  }
#define REAL(name, expression) HYP_VALUE(name, .type = HYP_REAL, .real = (expression))
#define INTEGER(name, expression)                                                                  \
  HYP_VALUE(name, .type = HYP_INTEGER, .real = (PetscReal)(expression))
#define FLAG(name, expression) HYP_VALUE(name, .type = HYP_FLAG, .real = (PetscReal)(expression))
#define TEXT(name, expression) HYP_VALUE(name, .type = HYP_TEXT, .text = (expression))
#define REALS(name, length, values)                                                                \
  HYP_VALUE(name, .type = HYP_REALS, .n = (length), .reals = (values))
/* The same where a condition is true, else nothing */
#define REAL_IF(name, condition, expression)                                                       \
  HYP_VALUE(name, .type = (condition) ? HYP_REAL : HYP_ABSENT,                                     \
            .real = (condition) ? (expression) : NAN)

/* Members of a row */
#define NAMES(summary, in_file)      .name = summary, .file = in_file
#define SHOWN(text, form, columns)   .label = text, .format = form, .width = columns
#define ABOUT(units, what, equation) .unit = units, .meaning = what, .source = equation
#define MANY                         .many = PETSC_TRUE
#define BAR                          .side = HYP_ABOVE /* shows no less than it is */
#define PROVED                       .side = HYP_BELOW /* shows no more than it is */

#define ROWS(table) .nrows = (PetscInt)(sizeof(table) / sizeof((table)[0])), .rows = table
