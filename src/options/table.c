/*
   The table: every key, once.  It drives parsing, checks, --help and docs/options.md.

   A '#' in a name is an index 1, 2, ...; a default "" means that the code decides, and the help says how.
*/
#include "options/optionsimpl.h"

#define PDE      "solve,steady,spectrum,verify,sweep"
#define BOTH     "solve,steady,spectrum,verify,sweep,sample"
#define ALL      "solve,steady,spectrum,verify,sweep,sample,theory"
#define REALLINE "(-inf,inf)"

/* clang-format off */
static const HypOptionSpec table[] = {
  /* name, type, range, unit, default, commands, help */
  {"model_dimension", HYP_OPTION_INTEGER, "[1,1000]", "1", "1", ALL,
   "dimension d of theta; at most 3 where the kinetic equation is solved on a space"},
  {"model_omega0", HYP_OPTION_REAL, "(0,inf)", "1/time", "1", ALL, "frequency omega0 of the quadratic part omega0^2 theta^2 / 2 of the loss"},
  {"model_gamma", HYP_OPTION_REAL, "(0,inf)", "1/time", "1", ALL, "friction gamma"},
  {"model_beta", HYP_OPTION_REAL, "(0,inf)", "1", "1", ALL, "inverse temperature beta"},
  {"model_learning_rate", HYP_OPTION_REAL, "(0,inf)", "1", "", ALL, "learning rate eta; with staleness and noise it replaces gamma and beta"},
  {"model_staleness", HYP_OPTION_REAL, "[0,1)", "1", "", ALL, "staleness rate kappa; the mean staleness is kappa/(1-kappa) steps"},
  {"model_noise", HYP_OPTION_REAL, "(0,inf)", "1", "", ALL, "variance Sigma of the stochastic gradient"},

  {"epsilon", HYP_OPTION_TEXT, "", "1", "", BOTH, "perturbation eps(theta) for d = 1, an expression in theta; 0 if not given"},
  {"epsilon_#", HYP_OPTION_TEXT, "", "1", "", BOTH, "component i of eps, an expression in theta1, theta2, ...; give all d of them or none"},
  {"epsilon_amplitude", HYP_OPTION_REAL, REALLINE, "1", "1", BOTH, "factor of eps, to vary its size"},
  {"epsilon_derivative", HYP_OPTION_TEXT, "", "1", "", BOTH, "eps'(theta) for d = 1, for verify, which checks it against eps; differentiated numerically if not given"},
  {"epsilon_derivative_#_#", HYP_OPTION_TEXT, "", "1", "", BOTH, "d eps_i / d theta_j; give all d^2 of them or none"},
  {"loss", HYP_OPTION_TEXT, "", "1", "", BOTH, "loss f(theta) instead of eps: eps = grad f - omega0^2 theta, differentiated numerically; for sample its gradient is far faster"},
  {"loss_gradient_#", HYP_OPTION_TEXT, "", "1", "", BOTH, "component i of grad f, instead of loss; give all d of them or none"},

  {"space_type", HYP_OPTION_CHOICE, "tensor|simplex", "", "simplex", PDE, "grid in x times grid in v, or Hermite functions of total degree <= space_degree"},
  {"space_degree", HYP_OPTION_INTEGER, "[1,10000]", "1", "", PDE, "largest total degree N of the simplex space; chosen by dimension if not given"},
  {"axis_x_type", HYP_OPTION_CHOICE, "fv|fourier|hermite", "", "fv", PDE, "discretisation of each x coordinate of the tensor space"},
  {"axis_x_n", HYP_OPTION_INTEGER, "[2,1000000]", "1", "", PDE, "cells, points or functions per x coordinate (odd for fourier); chosen by type if not given"},
  {"axis_x_width", HYP_OPTION_REAL, "(0,37]", "standard deviations", "", PDE, "half-width of the x axis; chosen by type if not given"},
  {"axis_x_mesh", HYP_OPTION_TEXT, "", "standard deviations", "", PDE, "file of cell faces for an fv x axis, instead of n and width"},
  {"axis_x_stabilisation", HYP_OPTION_REAL, "[0,1]", "1", "0.1", PDE, "coefficient of the cure of the fv x axis' spurious mode; 0 keeps T exactly skew"},
  {"axis_v_type", HYP_OPTION_CHOICE, "fv|fourier|hermite", "", "fv", PDE, "discretisation of each v coordinate of the tensor space"},
  {"axis_v_n", HYP_OPTION_INTEGER, "[2,1000000]", "1", "", PDE, "cells, points or functions per v coordinate (odd for fourier); chosen by type if not given"},
  {"axis_v_width", HYP_OPTION_REAL, "(0,37]", "standard deviations", "", PDE, "half-width of the v axis; chosen by type if not given"},
  {"axis_v_mesh", HYP_OPTION_TEXT, "", "standard deviations", "", PDE, "file of cell faces for an fv v axis, instead of n and width"},
  {"operator_form", HYP_OPTION_CHOICE, "auto|assembled|matrix-free", "", "auto", PDE, "store the operator as a sparse matrix or apply it without one"},

  {"initial_type", HYP_OPTION_CHOICE, "gaussian|point|modes|random|expression|file", "", "gaussian", BOTH, "kind of the initial density g"},
  {"initial_mean", HYP_OPTION_REALS, REALLINE, "1", "", BOTH, "2d numbers x1..xd, v1..vd: mean of a Gaussian, or the point"},
  {"initial_covariance", HYP_OPTION_REALS, REALLINE, "1", "", BOTH, "covariance of a Gaussian: 1 number (times identity), 2d (diagonal) or (2d)^2 (by rows)"},
  {"initial_modes", HYP_OPTION_REALS, REALLINE, "1", "", PDE, "Hermite modes: multi-index n1..n2d then amplitude, repeated"},
  {"initial_seed", HYP_OPTION_INTEGER, "[0,inf)", "1", "1", PDE, "seed of random initial data"},
  {"initial_expression", HYP_OPTION_TEXT, "", "1", "", PDE, "density g in x1.., v1.. (x, v for d = 1), normalised for you"},
  {"initial_file", HYP_OPTION_TEXT, "", "", "", PDE, "result file whose last snapshot is the start"},

  {"time_end", HYP_OPTION_REAL, "(0,inf)", "time", "10", BOTH, "end of the run; it starts at 0"},
  {"time_output_interval", HYP_OPTION_REAL, "(0,inf)", "time", "0.1", BOTH, "spacing of the time series, both ends included"},
  {"rate_check", HYP_OPTION_FLAG, "", "", "", "solve", "second method (spectrum) and second resolution for the rate's error bar; true up to 17000 unknowns if not given"},
  {"snapshot_interval", HYP_OPTION_REAL, "(0,inf)", "time", "", PDE, "spacing of snapshots of h and g; every output if not given"},
  {"spectrum_count", HYP_OPTION_INTEGER, "[1,10000]", "1", "6", PDE, "leading eigenvalues to compute, the zero one included"},
  {"propagator_times", HYP_OPTION_REALS, "[0,inf)", "time", "", PDE, "times at which the propagator's norm on mean-zero functions is computed"},

  /* ---- reliability ---- */
  {"checkpoint", HYP_OPTION_TEXT, "", "", "", "solve", "name of the checkpoints, to which .1 and .2 are added; output and .checkpoint if not given"},
  {"checkpoint_interval", HYP_OPTION_REAL, "(0,inf)", "seconds", "600", "solve", "wall time between checkpoints, if there is an output or a name for them"},
  {"checkpoint_steps", HYP_OPTION_INTEGER, "[1,inf)", "steps", "", "solve", "time steps between checkpoints, instead of checkpoint_interval"},
  {"restart", HYP_OPTION_TEXT, "", "", "", "solve", "checkpoint to go on from; auto: the newest good one, or the start if there is none"},
  {"wall_limit", HYP_OPTION_REAL, "(0,inf)", "seconds", "", "solve", "wall time within which the run writes a checkpoint and stops, exit code 5; no limit if not given"},
  /* ---- end of reliability ---- */

  {"output", HYP_OPTION_TEXT, "", "", "", "*", "result file (HDF5), none if not given; for plot and report how the names of the pictures begin"},
  {"json", HYP_OPTION_TEXT, "", "", "", "*", "machine-readable summary; none if not given"},
  {"progress", HYP_OPTION_CHOICE, "auto|on|off", "", "auto", "*", "live progress line; auto shows it on a terminal only"},
  {"debug", HYP_OPTION_FLAG, "", "", "false", "*", "show where in the code an error arose"},
  {"petsc_help", HYP_OPTION_FLAG, "", "", "false", "*", "show PETSc's and SLEPc's own options as their objects are set up"},
  {"help", HYP_OPTION_FLAG, "", "", "false", "*", "show the options of a command and stop"},
  {"version", HYP_OPTION_FLAG, "", "", "false", "*", "show the version and stop"},

  {"what", HYP_OPTION_CHOICE, "all|decay|phase|spectrum|statements|sweep|sample|animation", "", "all", "plot", "what to draw; all leaves out the animation"},
  {"format", HYP_OPTION_CHOICE, "png|pdf|svg|png,pdf|png,svg", "", "png,pdf", "plot", "kinds of picture files"},
  {"resolution", HYP_OPTION_INTEGER, "[50,1200]", "dots per inch", "300", "plot", "resolution of png files, at 3.5 inches a column"},

  /* ---- sample and theory: edited with src/sampler and src/moments ---- */
  {"sample_model", HYP_OPTION_CHOICE, "asgd|sgd|msgd|sme-asgd-linear|sme-asgd|sme-msgd|sme-sgd|sde|sdde", "", "asgd", "sample",
   "algorithm or equation to sample; sde is the one whose law the kinetic equation evolves"},
  {"sample_paths", HYP_OPTION_INTEGER, "[1,2000000000]", "1", "10000", "sample", "number of independent paths"},
  {"sample_steps", HYP_OPTION_INTEGER, "[1,2000000000]", "1", "1000", "sample", "steps of each path (sde: time_end and time_output_interval instead)"},
  {"sample_every", HYP_OPTION_INTEGER, "[1,2000000000]", "steps", "", "sample", "moments every so many steps; a hundredth of the steps if not given"},
  {"sample_seed", HYP_OPTION_INTEGER, "[0,inf)", "1", "1", "sample", "seed; the same seed gives the same paths on any number of ranks"},
  {"sample_start", HYP_OPTION_REALS, REALLINE, "1", "1", "sample", "theta at and before step 0: 1 number or d (sde: initial_ keys instead)"},
  {"sample_staleness_law", HYP_OPTION_CHOICE, "geometric|fixed|uniform|cyclic", "", "geometric", "sample", "law of the staleness; geometric uses model_staleness"},
  {"sample_staleness_bound", HYP_OPTION_INTEGER, "[0,1000000]", "steps", "10", "sample", "the fixed staleness; the largest one of uniform and cyclic"},
  {"sample_warmup", HYP_OPTION_INTEGER, "[0,2000000000]", "steps", "0", "sample", "first steps, without staleness"},
  {"sample_step_law", HYP_OPTION_CHOICE, "constant|inverse|inverse-sqrt", "", "constant", "sample", "learning rate at step j: eta, eta/(j+1) or eta/sqrt(j+1)"},
  {"sample_momentum", HYP_OPTION_REAL, "[0,1)", "1", "0.9", "sample", "momentum of msgd and sme-msgd"},
  {"sample_batch", HYP_OPTION_INTEGER, "[1,1000000]", "1", "1", "sample", "component gradients averaged per step"},
  {"sample_batch_cost", HYP_OPTION_REAL, "(0,inf)", "1", "", "sample", "price of a further gradient: asgd follows the optimal batch sizes in time"},
  {"sample_substeps", HYP_OPTION_INTEGER, "[1,1000000]", "1", "", "sample", "integration steps of an equation per step; 4, or by the rates for sde, if not given"},
  {"sample_covariance", HYP_OPTION_CHOICE, "evolving|constant", "", "evolving", "sample", "noise of sme-asgd and sme-asgd-linear: by its own equation or as at the start"},
  {"sample_auxiliary", HYP_OPTION_FLAG, "", "", "true", "sample", "asgd: follow y as well as theta"},
  {"sample_allow_unstable", HYP_OPTION_FLAG, "", "", "false", "sample", "accept a learning rate beyond the stability limit"},
  {"sample_snapshots", HYP_OPTION_REALS, "[0,inf)", "steps", "", "sample", "steps at which quantiles and histograms are taken; the last one if not given"},
  {"sample_coordinates", HYP_OPTION_REALS, "[1,inf)", "1", "1", "sample", "coordinates whose quantiles and histograms are taken"},
  {"sample_quantiles", HYP_OPTION_REALS, "(0,1)", "1", "0.05,0.25,0.5,0.75,0.95", "sample", "levels of the quantiles"},
  {"sample_bins", HYP_OPTION_INTEGER, "[1,1000]", "1", "50", "sample", "bins of the histograms in each direction"},
  {"sample_keep", HYP_OPTION_FLAG, "", "", "false", "sample", "write the values of all paths at the snapshots"},
  {"sample_loss_type", HYP_OPTION_CHOICE, "model|quadratic|least-squares|expression", "", "model", "sample",
   "component losses; model: those of the kinetic equation, with model_noise"},
  {"sample_loss_count", HYP_OPTION_INTEGER, "[1,1000000]", "1", "2", "sample", "number n of component losses by expression, or of a quadratic loss in d > 1"},
  {"sample_loss_curvature", HYP_OPTION_REALS, "(0,inf)", "1", "", "sample", "curvatures of a quadratic loss: 1 number or d; 1 if not given"},
  {"sample_loss_centers", HYP_OPTION_REALS, REALLINE, "1", "", "sample", "minimisers of the quadratic components: n numbers or n times d"},
  {"sample_loss_slopes", HYP_OPTION_REALS, REALLINE, "1", "", "sample", "b in a theta^2/2 - b theta, instead of centers: n numbers or n times d"},
  {"sample_loss_value", HYP_OPTION_TEXT, "", "1", "", "sample", "loss of component i = 1..n: in theta, c, i, n, summed over coordinates; or in theta1, theta2, .., i, n"},
  {"sample_loss_gradient", HYP_OPTION_TEXT, "", "1", "", "sample", "its derivative by theta, checked against it; differentiated numerically if not given"},
  {"sample_loss_gradient_#", HYP_OPTION_TEXT, "", "1", "", "sample", "its derivative by theta1, theta2, ..; give all d of them or none"},
  {"sample_loss_coefficients", HYP_OPTION_REALS, REALLINE, "1", "", "sample", "c of each coordinate: 1 number or d; 1 if not given"},
  {"sample_loss_range", HYP_OPTION_REALS, REALLINE, "1", "", "sample", "two numbers between which curvatures or coefficients are drawn, by sample_seed"},
  {"sample_loss_data", HYP_OPTION_TEXT, "", "", "", "sample", "text file of a least-squares loss: rows of d numbers and a target"},
  {"theory_workers", HYP_OPTION_INTEGER, "[1,inf)", "1", "1", "theory", "number of workers, for the speed-up over SGD"},
  {"theory_delta", HYP_OPTION_REAL, "(0,inf)", "1/time", "", "theory", "rate given up at critical damping; gamma/10 if not given"},
  {"theory_eps0", HYP_OPTION_REAL, "(0,inf)", "1", "0.01", "theory", "bound eps0 of Assumption 3.1"},
  {"theory_delay", HYP_OPTION_INTEGER, "[0,1000]", "steps", "", "theory", "a fixed delay, for the rates of He et al."},
  {"theory_batch_cost", HYP_OPTION_REAL, "(0,inf)", "1", "", "theory", "price of a further gradient, for the optimal mini-batch schedule"},
  {"theory_batch_steps", HYP_OPTION_INTEGER, "[1,inf)", "steps", "1000", "theory", "horizon of the schedule"},
  /* ---- end of sample and theory ---- */

  /* ---- verify ---- */
  {"verify_box", HYP_OPTION_REAL, "(0,1000]", "standard deviations", "", "verify,sweep",
   "box of Assumption 3.1, |x_i| and |v_i| in standard deviations of M; all that the space sees if not given"},
  {"verify_delta", HYP_OPTION_REAL, "(0,inf)", "1/time", "", "verify,sweep", "rate given up at critical damping; gamma/10 if not given"},
  {"verify_factor_mu", HYP_OPTION_REAL, "(0,inf)", "1", "1", "verify,sweep", "developers: multiplies the audit's mu; beyond 1 proved statements are false, and it must say so"},
  {"verify_factor_c2", HYP_OPTION_REAL, "(0,inf)", "1", "1", "verify,sweep", "developers: multiplies the audit's C2; where a bound is less than twice too large, 0.5 must make it fail"},
  {"statements_markdown", HYP_OPTION_FLAG, "", "", "false", "verify", "print the table of statements, docs/statements.md, and stop"},
  /* ---- end of verify ---- */

  /* ---- sweep ---- */
  {"sweep_command", HYP_OPTION_CHOICE, "solve|spectrum|verify", "", "spectrum", "sweep", "what to do in every case"},
  {"sweep_key_#", HYP_OPTION_TEXT, "", "", "", "sweep", "name of the key to vary, of this table or of PETSc; the cases are the product of all"},
  {"sweep_values_#", HYP_OPTION_TEXT, "", "", "", "sweep",
   "its values: 'a, b, c' or 'a; b; c', 'start:stop:count', or 'log start:stop:count', both ends included"},
  {"sweep_groups", HYP_OPTION_INTEGER, "[1,1000000]", "1", "", "sweep", "cases that run at the same time, on equal shares of the MPI ranks; one per rank if not given"},
  /* ---- end of sweep ---- */
};
/* clang-format on */

/*@
  HypOptionTable - The table of all keys, for --help, the documents and completion

  Not collective; plain C, callable before MPI_Init

  Output Parameter:
. count - number of rows

  Returns the rows.

  Level: advanced

.seealso: HypOptionsHelp(), HypOptionsAllow()
@*/
const HypOptionSpec *HypOptionTable(size_t *count)
{
  *count = sizeof(table) / sizeof(table[0]);
  return table;
}
