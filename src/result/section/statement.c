/* Results: statements put to the test. */
#include "result/section/section.h"

static const char *Remark(const char detail[])
{
  static char line[256];

  snprintf(line, sizeof(line), "%s%s", detail[0] ? "\n    " : "", detail);
  return line;
}

TEXT(StatementName, R->statements[i].name)
TEXT(StatementSource, R->statements[i].source)
REAL(StatementLeft, R->statements[i].left)
REAL(StatementRight, R->statements[i].right)
REAL(StatementSlack, R->statements[i].slack)
REAL(StatementUncertainty, R->statements[i].uncertainty)
TEXT(StatementVerdict, HypVerdicts[R->statements[i].verdict])
FLAG(StatementProved, R->statements[i].proved)
TEXT(StatementStanding, R->statements[i].proved ? "" : "(not proved)")
TEXT(StatementDetail, R->statements[i].detail)
TEXT(StatementRemark, Remark(R->statements[i].detail))

static const HypQuantity statements[] = {
  {NAMES("name", "statement_name"), SHOWN("", NULL, -44), ABOUT("1", "name", ""),
   .value = StatementName, MANY},
  {NAMES("source", "statement_source"), SHOWN("source", NULL, -16),
   ABOUT("1", "where it is stated", ""), .value = StatementSource, MANY},
  {NAMES("left", "statement_left"), SHOWN("left", "%.5g", 12), ABOUT("1", "left side", ""),
   .value = StatementLeft, MANY},
  {NAMES("right", "statement_right"), SHOWN("right", "%.5g", 12), ABOUT("1", "right side", ""),
   .value = StatementRight, MANY},
  {NAMES("slack", "statement_slack"), SHOWN("slack", "%.2e", 10), ABOUT("1", "right - left", ""),
   .value = StatementSlack, MANY},
  {NAMES("uncertainty", "statement_uncertainty"), SHOWN("uncertainty", "%.1e", 11), BAR,
   ABOUT("1", "uncertainty of the slack", ""), .value = StatementUncertainty, MANY},
  {NAMES("verdict", "statement_verdict"), SHOWN("verdict", NULL, -1), ABOUT("1", "verdict", ""),
   .value = StatementVerdict, MANY},
  {NAMES("proved", "statement_proved"),
   ABOUT("1", "1 if proved, so that a failure is an error", ""), .value = StatementProved, MANY},
  {SHOWN("", NULL, -1), .value = StatementStanding, MANY},
  {NAMES("detail", "statement_detail"), ABOUT("1", "remark", ""), .value = StatementDetail, MANY},
  {SHOWN("", NULL, -1), .value = StatementRemark, MANY},
};

static PetscBool Always(const HypResult *R)
{
  (void)R;
  return PETSC_TRUE;
}

static PetscInt CountStatements(const HypResult *R)
{
  return R->nstatements;
}

const HypSection HypStatementSection = {.name      = "statements",
                                        .title     = "statement",
                                        .form      = HYP_LIST,
                                        .look      = HYP_TABLE,
                                        .dimension = "statement",
                                        .index     = "number of a statement put to the test",
                                        .exists    = Always,
                                        .count     = CountStatements,
                                        ROWS(statements)};
