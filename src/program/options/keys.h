/*
   The table: every key, once.  It drives parsing, checks, --help, docs/options.md and the fields of
   HypSettings, which have the keys' names.

     KIND(name, range, unit, default, commands, help)     INTEGER, REAL, REALS, CHOICE
     TEXT(name, unit, default, commands, help)            FLAG(name, default, commands, help)
     TEXTS(field, how many, name, unit, commands, help)   a '#' in the name is an index 1, 2, ...

   A default "" means that the code decides, and the help says how.  The field then holds NAN,
   HYP_UNSET, no numbers or NULL.
   Choices that are REGISTERED are the types that HypMain() finds in the registers.
   This file is included where the macros are defined: settings.h and table.c.
*/
/* clang-format off */
INTEGER(model_dimension, "[1,1000]", "1", "1", ALL,
  "dimension d of theta; where the equation is solved, at most 3, and 16 on a simplex space")
CHOICE(model_type, "asgd|momentum", "", "asgd", ALL,
  "noise in theta (asynchronous SGD) or in the momentum y (momentum SGD, kinetic Langevin)")
REALS(model_omega0, "[1e-30,1e30]|auto", "1/time", "1", ALL,
  "frequency omega0 of the quadratic part omega0^2 theta^2 / 2 of the loss: 1 number or d; auto: "
  "omega0^2 is the curvature of the loss keys averaged over the Gaussian M")
REALS(model_hessian, REALLINE, "1/time^2", "", BOTH,
  "Hessian of the quadratic part theta^T H theta / 2 of the loss, d^2 numbers by rows, instead of "
  "omega0")
REAL(model_gamma, "[1e-30,1e30]", "1/time", "1", BOTH, "friction gamma")
REALS(model_beta, "[1e-30,1e30]", "1", "1", BOTH, "inverse temperature beta: 1 number or d")
REALS(model_tau, "[1e-30,1e30]", "1", "", BOTH,
  "amplitude tau of the noise, instead of beta, so that omega0 can change alone: 1 number or d")
REAL(model_learning_rate, "[1e-30,1e30]", "1", "", ALL,
  "learning rate eta; with staleness and noise it replaces gamma and beta")
REAL(model_staleness, "[0,1)", "1", "", ALL,
  "staleness rate kappa; the mean staleness is kappa/(1-kappa) steps; for momentum it is mu")
REAL(model_noise, "[1e-30,1e30]", "1", "", ALL, "variance Sigma of the stochastic gradient")

TEXT(noise, "1", "", BOTH,
  "s(theta) > 0, variance of the noise of every coordinate relative to tau^2; 1 if not given")
TEXTS(noise_each, HYP_MAX_DIMENSION, "noise_#", "1", BOTH,
  "s_i(theta) > 0 of each coordinate, instead of noise; give all d of them")
TEXT(noise_file, "", "", BOTH, "table of s for d = 1 or 2, for every coordinate, instead of noise")
TEXTS(noise_file_each, HYP_MAX_DIMENSION, "noise_#_file", "", BOTH,
  "table of s_i of each coordinate, instead of noise_file; give all d of them")
TEXT(epsilon, "1", "", BOTH,
  "perturbation eps(theta) for d = 1, an expression in theta; 0 if not given")
TEXTS(epsilon_each, HYP_MAX_DIMENSION, "epsilon_#", "1", BOTH,
  "component i of eps, an expression in theta1, theta2, ...; give all d of them or none")
TEXT(epsilon_file, "", "", BOTH,
  "table of eps for d = 1: a text file of theta and eps, or file.h5:/path; see docs/expressions.md")
TEXTS(epsilon_file_each, HYP_MAX_DIMENSION, "epsilon_#_file", "", BOTH,
  "table of component i of eps: theta1, theta2, value in any order; give all d of them")
TEXT(epsilon_library, "", "", BOTH,
  "shared object with the C function HypPerturbation that computes eps; it is run as it is")
REAL(epsilon_amplitude, REALLINE, "1", "1", BOTH, "factor of eps, to vary its size")
TEXT(epsilon_derivative, "1", "", "verify,sweep",
  "eps'(theta) for d = 1, for verify, which checks it against eps; exact if not given")
TEXTS(epsilon_derivative_each, 9, "epsilon_derivative_#_#", "1", "verify,sweep",
  "d eps_i / d theta_j; give all d^2 of them or none")
TEXT(loss, "1", "", BOTH,
  "loss f(theta) instead of eps: eps = grad f - omega0^2 theta, by the exact derivative")
TEXTS(loss_gradient_each, HYP_MAX_DIMENSION, "loss_gradient_#", "1", BOTH,
  "component i of grad f, instead of loss, or beside it and then checked; give all d of them")

TEXT(loss_file, "", "", BOTH, "table of the loss, d = 1 or 2, instead of a formula")
TEXT(loss_name, "", "", BOTH,
  "a loss of the library: quadratic, sine, tanh, bump, double-well, quartic, huber, network, "
  "logistic, least-squares")
REALS(loss_parameters, REALLINE, "1", "", BOTH,
  "parameters of loss_name in their order; defaults where fewer are given")
TEXT(loss_data, "", "", BOTH,
  "text file of the data of loss_name: logistic: x y, least-squares: r1..rd t")
CHOICE(table_interpolation, "spline|akima|monotone|linear", "", "spline", BOTH,
  "how tables are interpolated; in two dimensions spline (bicubic) or linear")
CHOICE(table_extrapolation, "linear|constant|error", "", "linear", BOTH,
  "what a table means beyond its ends")
TEXT(model_potential, "1", "", PDE,
  "potential U(theta) in place of the quadratic loss, for momentum; in d > 1 the sum of U(theta_i)")
TEXTS(model_potential_each, 3, "model_potential_#", "1", PDE,
  "potential U_i of each coordinate, an expression in theta; give all d of them")

CHOICE(space_type, REGISTERED, "", "simplex", PDE,
  "grid in x times grid in v, or Hermite functions of total degree <= space_degree")
INTEGER(space_degree, "[1,10000]", "1", "", PDE,
  "largest total degree N of the simplex space; chosen by dimension if not given")
REALS(space_reference, "(0,inf)|auto|model", "theta, y", "", PDE,
  "the Gaussian that the space lives in: model, the default, is M; standard deviations of theta "
  "and y, 2 numbers or 2d; auto takes those of F, coordinate by coordinate")
CHOICE(axis_x_type, REGISTERED, "", "fv", PDE,
  "discretisation of each x coordinate of the tensor space")
INTEGER(axis_x_n, "[2,1000000]", "1", "", PDE,
  "cells, points or functions per x coordinate (odd for fourier); chosen by type if not given")
REAL(axis_x_width, "(0,37]", "standard deviations", "", PDE,
  "half-width of the x axis; chosen by type if not given")
REALS(axis_x_period, "(0,inf)", "units of theta", "", PDE,
  "makes a fourier x axis a circle of this length, for a periodic model_potential: 1 number or d")
TEXT(axis_x_mesh, "standard deviations", "", PDE,
  "file of cell faces for an fv x axis, instead of n and width")
REAL(axis_x_stabilisation, "[0,1]", "1", "0.1", PDE,
  "how strongly the spurious mode of an fv x axis is damped; 0 keeps T exactly skew")
CHOICE(axis_flux, "central|positive", "", "central", "solve,steady,spectrum,sweep,compare",
  "positive: fv x fv keeps densities positive, for any loss, and is of first order along x")
CHOICE(axis_grading, "none|F", "", "none", PDE,
  "F: places the faces of fv x fv where the steady state is, from a coarse one; none: equal cells")
CHOICE(axis_v_type, REGISTERED, "", "fv", PDE,
  "discretisation of each v coordinate of the tensor space")
INTEGER(axis_v_n, "[2,1000000]", "1", "", PDE,
  "cells, points or functions per v coordinate (odd for fourier); chosen by type if not given")
REAL(axis_v_width, "(0,37]", "standard deviations", "", PDE,
  "half-width of the v axis; chosen by type if not given")
TEXT(axis_v_mesh, "standard deviations", "", PDE,
  "file of cell faces for an fv v axis, instead of n and width")
CHOICE(operator_form, "auto|assembled|matrix-free", "", "auto", PDE,
  "store the operator as a sparse matrix or apply it without one")

CHOICE(initial_type, "gaussian|point|modes|random|expression|file", "", "gaussian", TIMED,
  "kind of the initial density g")
REALS(initial_mean, REALLINE, "1", "", TIMED,
  "2d numbers x1..xd, v1..vd: mean of a Gaussian, or the point; with space_reference (x, v) are "
  "(theta, y)")
REALS(initial_covariance, REALLINE, "1", "", TIMED,
  "covariance of a Gaussian: 1 number (times identity), 2d (diagonal) or (2d)^2 (by rows)")
REALS(initial_modes, REALLINE, "1", "", "solve,verify,sweep",
  "Hermite modes: multi-index n1..n2d then amplitude, repeated")
INTEGER(initial_seed, "[0,inf)", "1", "1", "solve,verify,sweep", "seed of random initial data")
TEXT(initial_expression, "1", "", "solve,verify,sweep",
  "density g in x1.., v1.. (x, v for d = 1), normalised for you; in d > 3 of at most three pairs, "
  "times M in what it does not name")
TEXT(initial_file, "", "", "solve", "result file whose last snapshot is the start")

REAL(time_end, "(0,inf)", "time", "10", TIMED,
  "end of the run; it starts at 0")
REAL(time_output_interval, "(0,inf)", "time", "0.1", TIMED,
  "spacing of the time series, both ends included")
TEXT(time_series, "", "", "solve",
  "series to compute beside norm2 and H, by their names in files, as in theta, tv; all if not "
  "given, but the distances to F cost most of a small run")
FLAG(rate_check, "", "solve",
  "second method (spectrum) and second resolution for the rate's error bar; true up to 17000 "
  "unknowns if not given")
REAL(snapshot_interval, "(0,inf)", "time", "", "solve",
  "spacing of snapshots of h and g; every output if not given")
INTEGER(spectrum_count, "[1,10000]", "1", "6", "solve,spectrum,verify,sweep",
  "leading eigenvalues to compute, the zero one included")
REALS(propagator_times, "[0,inf)", "time", "", "spectrum",
  "times at which the propagator's norm on mean-zero functions is computed")

/* reliability */
TEXT(checkpoint, "", "", "solve",
  "name of the checkpoints, to which .1 and .2 are added; output and .checkpoint if not given")
REAL(checkpoint_interval, "(0,inf)", "seconds", "600", "solve",
  "wall time between checkpoints, if there is an output or a name for them")
INTEGER(checkpoint_steps, "[1,inf)", "steps", "", "solve",
  "time steps between checkpoints, instead of checkpoint_interval")
TEXT(restart, "", "", "solve",
  "checkpoint to go on from; auto: the newest good one, or the start if there is none")
REAL(wall_limit, "(0,inf)", "seconds", "", "solve",
  "wall time within which the run writes a checkpoint and stops, exit code 5; no limit if not "
  "given")

TEXT(commands, "", "", "*",
  "in a file: the commands it is made for, if it has keys that one of them does not read")
TEXT(output, "", "", "solve,steady,spectrum,verify,sweep,sample,compare,theory,plot,report,rerun",
  "result file (HDF5), none if not given; theory writes one with theory_trace; for plot how the "
  "names of the pictures begin, a folder, or the name of one picture, fig.png; for report the page")
TEXT(json, "", "", ALL, "machine-readable summary; none if not given")
CHOICE(progress, "auto|on|off", "", "auto", "*",
  "live progress line; auto shows it on a terminal only")
FLAG(debug, "false", "*", "show where in the code an error arose")
FLAG(trust, "false", "*",
  "believe files: option files may name epsilon_library and set "
   "PETSc's options that start programs "
  "or write files, and rerun reads the files that a result names")
FLAG(petsc_help, "false", "*", "show PETSc's and SLEPc's own options as their objects are set up")
FLAG(help, "false", "*", "show the options of a command and stop")
FLAG(version, "false", "*", "show the version and stop")

CHOICE(what,
  "all|decay|norms|phase|theta|spectrum|statements|sweep|sample|compare|trace|animation", "",
  "all", "plot",
  "what to draw; all leaves out the animation")
CHOICE(format, "png|pdf|svg|png,pdf|png,svg|csv|tex|csv,tex", "", "png,pdf", "plot",
  "kinds of picture files; csv and tex: the table of statements as text")
INTEGER(resolution, "[50,1200]", "dots per inch", "300", "plot",
  "resolution of png files, at 3.5 inches a column")
FLAG(plot_together, "false", "plot", "draw all files on the axes of the first one")
TEXT(plot_title, "", "", "plot", "first line of the title; what the picture shows if not given")
REAL(plot_width, "[1,40]", "inches", "", "plot",
  "width of a picture; one or two columns of a journal if not given")
REAL(plot_height, "[1,40]", "inches", "", "plot",
  "height of a picture; in proportion to the width if not given")
REAL(plot_font_size, "[4,40]", "points", "8", "plot", "size of the font")
TEXT(plot_style, "", "", "plot",
  "style sheet of matplotlib, a name or a file, on top of the default look")
TEXT(plot_hue, "", "", "plot", "swept key whose values become curves; formulas always do")
CHOICE(plot_coordinates, "both|xv|ty", "", "both", "plot",
  "planes of the phase pictures: (x, v), (theta, y) or both")
REAL(plot_time, "[0,inf)", "time", "", "plot", "show the snapshot nearest to this time alone")

/* sample and theory: edited with src/sampler and src/moments */
CHOICE(sample_model, REGISTERED, "", "asgd", SAMPLES,
  "algorithm or equation to sample; sde is the one whose law the kinetic equation evolves")
INTEGER(sample_paths, "[1,2000000000]", "1", "10000", SAMPLE, "number of independent paths")
INTEGER(sample_steps, "[1,2000000000]", "1", "1000", SAMPLE,
  "steps of each path (sde: time_end and time_output_interval instead)")
INTEGER(sample_every, "[1,2000000000]", "steps", "", SAMPLE,
  "moments every so many steps; a hundredth of the steps if not given")
INTEGER(sample_seed, "[0,inf)", "1", "1", SAMPLES,
  "seed; the same seed gives the same paths on any number of ranks")
REALS(sample_start, REALLINE, "1", "1", SAMPLES,
  "theta at and before step 0: 1 number or d (sde: initial_ keys instead)")
CHOICE(sample_staleness_law, "geometric|fixed|uniform|cyclic|rounds|measured", "", "geometric",
       SAMPLE,
  "law of the staleness; geometric uses model_staleness, cyclic: workers one after the other, "
  "rounds: reading together, writing in turn")
INTEGER(sample_staleness_bound, "[0,1000000]", "steps", "10", SAMPLE,
  "the staleness of fixed and cyclic, one less than the workers; the largest one of uniform and "
  "rounds")
TEXT(sample_staleness_file, "steps", "", SAMPLE,
  "text file of staleness that was measured, on each line that of one step, a whole number")
INTEGER(sample_workers, "[1,100000]", "1", "4", SAMPLE,
  "how many workers compute gradients for the server; asgd and sgd, if given: how many gradients "
  "are computed in a unit of wall time")
CHOICE(sample_compute_law, "exponential|deterministic|uniform|measured", "", "exponential", SAMPLE,
  "law of a worker's compute time; uniform: from 0 to twice the mean")
REALS(sample_compute_time, "(0,inf)", "wall time", "1", SAMPLE,
  "mean compute times: 1 number, or one for each of sample_workers")
TEXT(sample_compute_file, "wall time", "", SAMPLE,
  "text file of compute times that were measured, one on a line, scaled to the mean "
  "sample_compute_time")
REAL(sample_server_time, "[0,inf)", "wall time", "0", SAMPLE,
  "time the server takes for one gradient; others wait in a queue")
INTEGER(sample_warmup, "[0,2000000000]", "steps", "0", SAMPLE, "first steps, without staleness")
CHOICE(sample_step_law, "constant|inverse|inverse-sqrt|expression", "", "constant", SAMPLE,
  "learning rate at step j: eta, eta/(j+1), eta/sqrt(j+1), or eta times sample_step_factor")
TEXT(sample_step_factor, "1", "", SAMPLE, "factor of the learning rate, a formula in the step j")
REAL(sample_momentum, "[0,1)", "1", "", SAMPLE,
  "momentum of asgd (0 if not given), msgd and sme-msgd (0.9)")
INTEGER(sample_batch, "[1,1000000]", "1", "1", SAMPLES, "component gradients averaged per step")
REAL(sample_batch_cost, "(0,inf)", "1", "", SAMPLE,
  "price of a further gradient: asgd follows the optimal batch sizes in time")
INTEGER(sample_substeps, "[1,1000000]", "1", "", SAMPLE,
  "integration steps of an equation per step; 4, or by the rates for sde, if not given")
CHOICE(sample_covariance, "evolving|constant", "", "evolving", SAMPLE,
  "noise of sme-asgd and sme-asgd-linear: by its own equation or as at the start")
FLAG(sample_auxiliary, "", SAMPLE,
  "asgd, sgd: follow y as well as theta; if not given, "
   "where the whole gradient costs little (model, "
  "quadratic, at most 4 components)")
FLAG(sample_allow_unstable, "false", SAMPLE, "accept a learning rate beyond the stability limit")
REALS(sample_snapshots, "[0,inf)", "steps", "", SAMPLE,
  "steps at which quantiles and histograms are taken; the last one if not given")
REALS(sample_coordinates, "[1,inf)", "1", "1", SAMPLES,
  "coordinates whose quantiles and histograms are taken")
REALS(sample_quantiles, "(0,1)", "1", "0.05,0.25,0.5,0.75,0.95", SAMPLE,
  "levels of the quantiles")
INTEGER(sample_bins, "[1,1000]", "1", "50", SAMPLE, "bins of the histograms in each direction")
INTEGER(sample_pairs, "[1,inf)", "1", "", SAMPLE,
  "sde: so many pairs of paths with the same noise, beside the paths: the largest |z - z'|_P "
  "e^{mu t} shows whether they contract as guaranteed; none if not given")
REALS(sample_second_mean, REALLINE, "1", "", SAMPLE,
  "sde: mean (x, v) of a second start, whose law is followed beside that of initial_mean: the "
  "distance W2 between both, guaranteed, exact for a quadratic loss, and of theta_1 measured")
REALS(sample_second_covariance, REALLINE, "1", "", SAMPLE,
  "sde: covariance of the second start, as initial_covariance; that one if not given")
FLAG(sample_transitions, "false", "sample,sweep",
  "sde: follow what paths do between two times too, for the slowest rate that theta of the first "
  "chosen coordinate shows, whatever the start: decided where E theta is not, as where wells are "
  "left rarely")
FLAG(sample_keep, "false", SAMPLE, "write the values of all paths at the snapshots")
CHOICE(sample_loss_type, "model|quadratic|least-squares|expression", "", "model", SAMPLES,
  "component losses; model: those of the kinetic equation, with model_noise")
INTEGER(sample_loss_count, "[1,1000000]", "1", "2", SAMPLES,
  "number n of component losses by expression, or of a quadratic loss in d > 1")
REALS(sample_loss_curvature, "(0,inf)", "1", "", SAMPLES,
  "curvatures of a quadratic loss: 1 number or d; 1 if not given")
REALS(sample_loss_centers, REALLINE, "1", "", SAMPLES,
  "minimisers of the quadratic components: n numbers or n times d")
REALS(sample_loss_slopes, REALLINE, "1", "", SAMPLES,
  "b in a theta^2/2 - b theta, instead of centers: n numbers or n times d")
TEXT(sample_loss_value, "1", "", SAMPLES,
  "loss of component i = 1..n: in theta, c, i, n, summed over coordinates; or in theta1, theta2, "
  ".., i, n")
TEXT(sample_loss_gradient, "1", "", SAMPLES,
  "its derivative by theta, checked against it; the exact derivative if not given")
TEXTS(sample_loss_gradient_each, HYP_MAX_DIMENSION, "sample_loss_gradient_#", "1", SAMPLES,
  "its derivative by theta1, theta2, ..; give all d of them or none")
REALS(sample_loss_coefficients, REALLINE, "1", "", SAMPLES,
  "c of each coordinate: 1 number or d; 1 if not given")
REALS(sample_loss_range, REALLINE, "1", "", SAMPLES,
  "two numbers between which curvatures or coefficients are drawn, by sample_seed")
TEXT(sample_loss_data, "", "", SAMPLES,
  "text file of a least-squares loss: rows of d numbers and a target")
TEXT(compare_models, "", "", "compare",
  "models to compare with the equation, comma-separated: asgd, sgd, msgd, sme-asgd, "
  "sme-asgd-linear, sme-msgd, sme-sgd, sde; all that apply if not given")
FLAG(compare_half, "true", "compare",
  "sample at half the learning rate too, which tells what is of its order where that is not known "
  "exactly; twice the work again")
INTEGER(theory_workers, "[1,inf)", "1", "1", THEORY,
  "number of workers, for the speed-up over SGD")
REAL(theory_delta, "(0,inf)", "1/time", "", THEORY,
  "rate given up at critical damping; gamma/10 if not given")
REAL(theory_eps0, "(0,inf)", "1", "0.01", THEORY, "bound eps0 of Assumption 3.1")
REALS(theory_curvature_bounds, "(0,inf)", "1/time^2", "", THEORY,
  "smallest and largest curvature of a loss that is not quadratic, "
   "for the guaranteed factor with a "
  "fixed delay or with momentum; those of the loss if not given")
INTEGER(theory_delay, "[0,1000]", "steps", "", THEORY,
  "a fixed delay, for the rates of He et al. and the guaranteed factor")
REAL(theory_momentum, "[0,1)", "1", "", THEORY,
  "momentum mu of SGD without delay, for its exact and its guaranteed factor")
REAL(theory_batch_cost, "(0,inf)", "1", "", THEORY,
  "price of a further gradient, for the optimal mini-batch schedule")
TEXT(theory_trace, "", "", "theory",
  "text file of a recorded run, rows of step (or time) and theta1, theta2, ..: which algorithm it "
  "looks like")
CHOICE(theory_trace_of, "theta|loss", "", "theta", "theory",
  "what theory_trace holds beside the step: theta1, theta2, .., or in its second column the loss")
INTEGER(theory_batch_steps, "[1,inf)", "steps", "1000", THEORY, "horizon of the schedule")

/* verify */
REALS(epsilon_slope_bounds, REALLINE, "1/time^2", "", "verify,sweep,sample",
  "smallest and largest slope of eps for the guaranteed rate (d > 1: Deps is within half their "
  "difference of their mean), checked at points; searched for if not given")
REAL(verify_box, "(0,1000]", "standard deviations", "", "verify,sweep",
  "box of Assumption 3.1, |x_i| and |v_i| in standard deviations of M; all that the space sees if "
  "not given")
REAL(verify_delta, "(0,inf)", "1/time", "", "verify,sweep",
  "rate given up at critical damping; gamma/10 if not given")
FLAG(statements_markdown, "false", "verify",
  "print the table of statements, docs/statements.md, and stop")

/* sweep */
CHOICE(sweep_command, "solve|spectrum|verify|sample|theory", "", "spectrum", "sweep",
  "what to do in every case")
TEXTS(sweep_key_each, HYP_SWEEP_KEYS, "sweep_key_#", "", "sweep",
  "name of the key to vary, of this table or of PETSc; the cases are the product of all")
TEXTS(sweep_values_each, HYP_SWEEP_KEYS, "sweep_values_#", "", "sweep",
  "its values: 'a, b, c' or 'a; b; c', 'start:stop:count', or 'log start:stop:count', both ends "
  "included")
INTEGER(sweep_groups, "[1,1000000]", "1", "", "sweep",
  "cases that run at the same time, on equal shares of the MPI ranks; one per rank if not given")
