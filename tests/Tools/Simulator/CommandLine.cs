using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Simulator.Actors;
using RaftActors.Simulator.Exhaustive;

namespace RaftActors.Simulator;

/// <summary>The options of the command line, with their help.</summary>
internal static class CommandLine
{
    private static readonly Option<(ulong First, ulong Last)?> Seeds = new("--seeds")
    {
        Description = "Run the seeds FIRST..LAST; default 1..1000. With --mutants: for each bug, until a seed finds it.",
        HelpName = "range",
        CustomParser = ParseRange,
    };

    private static readonly Option<ulong?> Seed = new("--seed") { Description = "Run this one seed.", HelpName = "n" };

    private static readonly Option<bool> Trace = new("--trace")
    {
        Description = "With --seed: write all events to standard output.",
    };

    private static readonly Option<int[]?> Only = new("--only")
    {
        Description = "With --seed: run only these events of its schedule, by number: 3,5,8; 0 for none.",
        HelpName = "events",
        CustomParser = ParseNumbers,
    };

    private static readonly Option<FaultSet> Faults = new("--faults")
    {
        Description = $"Allow only these faults: {string.Join(", ", Enum.GetNames<FaultKind>()).ToLowerInvariant()}; 'none'; or all "
            + "except some: 'all,-wipe,-join'.",
        HelpName = "kinds",
        CustomParser = ParseFaults,
        DefaultValueFactory = _ => FaultSet.All,
    };

    private static readonly Option<DiskKind> Disk = new("--disk")
    {
        Description = "The disks of the processes: 'simulated', or 'files' for the stores of RaftActors.Storage on a model of a disk that "
            + "loses power. The latter takes longer.",
        HelpName = "kind",
        DefaultValueFactory = _ => DiskKind.Simulated,
    };

    private static readonly Option<string?> TlaFile = new("--trace-tla")
    {
        Description = "With --seed or --seeds: run plain groups, and write what each Core did as one JSON object a line, which a TLA+ "
            + "specification of Raft can replay (docs/traces.md). With --seeds the name contains {seed}.",
        HelpName = "file",
    };

    private static readonly Option<int> TlaEvents = new("--events")
    {
        Description = "With --trace-tla: the most events of a trace. Default: 600.",
        HelpName = "n",
        DefaultValueFactory = _ => 600,
    };

    private static readonly Option<int?> Seconds = new("--seconds")
    {
        Description = "Start no seed after this number of seconds.",
        HelpName = "n",
    };

    private static readonly Option<int> Jobs = new("--jobs")
    {
        Description = "The number of seeds that run at a time. Default: the number of processors.",
        HelpName = "n",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private static readonly Option<bool> Twice = new("--twice")
    {
        Description = "Run each seed twice and compare the runs. Default: one seed in fifty.",
    };

    private static readonly Option<bool> Pairs = new("--pairs")
    {
        Description = "Print for each two features in how many seeds they met at a process within two heartbeats.",
    };

    private static readonly Option<bool> Mutants = new("--mutants")
    {
        Description = "Plant each bug of the folder 'mutants' in a copy of the source, one at a time, and print the first seed that "
            + "finds it.",
    };

    private static readonly Option<bool> Availability = new("--availability")
    {
        Description = "Measure the share of the time in which a group commits while its nodes are lost and repaired: with a quorum that "
            + "heals, and with a fixed one.",
    };

    private static readonly Option<bool> Starvation = new("--starvation")
    {
        Description = "Kill all processes of a group, give each of their threads a tenth of a processor for an hour, and demand a leader "
            + "that stays: with --seeds or --mutants.",
    };

    private static readonly Option<bool> Actors = new("--actors")
    {
        Description = "Run groups of real actors and their clients in the simulation of RaftActors.Testing: with --seeds, --seed or "
            + "--mutants.",
    };

    private static readonly Option<bool> Exhaustive = new("--exhaustive")
    {
        Description = "Explore all states of small groups, the shortest schedules first, instead of random ones.",
    };

    private static readonly Option<string?> ScopeName = new("--scope")
    {
        Description = $"With --exhaustive: only this scope: {string.Join(", ", Scope.All.Select(scope => scope.Name))}.",
        HelpName = "name",
    };

    private static readonly Option<int> Depth = new("--depth")
    {
        Description = "With --exhaustive: the most events of a schedule. Default: no limit.",
        HelpName = "n",
        DefaultValueFactory = _ => int.MaxValue,
    };

    private static readonly Option<int> States = new("--states")
    {
        Description = "With --exhaustive: the most states of a scope. Default: 1000000.",
        HelpName = "n",
        DefaultValueFactory = _ => 1_000_000,
    };

    private static readonly Option<string?> Workload = OptionOfWorkload();

    private static readonly Option<string?> Name = new("--mutant")
    {
        Description = "With --mutants: only the bugs whose name contains this text.",
        HelpName = "name",
    };

    public static RootCommand Build()
    {
        var command = new RootCommand(
            "Runs Raft groups under faults in virtual time, one group for each seed. Exit code 0: no violation; 1: a violation; "
            + "2: wrong usage.")
        {
            Seeds, Seed, Trace, Only, TlaFile, TlaEvents, Faults, Disk, Seconds, Jobs, Twice, Pairs, Mutants, Name, Availability,
            Starvation, Actors, Workload, Exhaustive, ScopeName, Depth, States,
        };
        command.Validators.Add(ValidateTla);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(Seed) is null && (parsed.GetResult(Trace) is not null || parsed.GetResult(Only) is not null))
            {
                parsed.AddError("--trace and --only need --seed.");
            }
        });
        command.SetAction(parsed =>
        {
            var faults = parsed.GetValue(Faults);
            var (first, last) = parsed.GetValue(Seeds) ?? (1, 1000);
            var jobs = parsed.GetValue(Jobs);
            if (parsed.GetValue(Exhaustive))
            {
                var (depth, states) = (parsed.GetValue(Depth), parsed.GetValue(States));
                if (parsed.GetValue(Mutants))
                {
                    return ExhaustiveTable.Run(parsed.GetValue(Name), depth, states, jobs, Console.Out);
                }

                var time = parsed.GetValue(Seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
                var bounds = new ExplorerBounds(depth, states, time);
                return ExhaustiveRun.Run(parsed.GetValue(ScopeName), bounds, Console.Out);
            }

            if (parsed.GetValue(Mutants))
            {
                var name = parsed.GetValue(Name);
                var workload = parsed.GetValue(Workload);
                return parsed.GetValue(Actors)
                    ? MutantTable.Run(
                        name,
                        workload,
                        first,
                        last,
                        jobs,
                        ("actors", MutantCompiler.OfActors),
                        ("actors/coordination", MutantCompiler.OfCoordinationOfActors),
                        ("actors/persistence", MutantCompiler.OfPersistence),
                        ("actors/demos", MutantCompiler.OfDemos))
                    : parsed.GetValue(Starvation)
                    ? MutantTable.Run(name, StarvationTrial.Name, first, last, jobs, (StarvationTrial.Name, MutantCompiler.OfCore))
                    : MutantTable.Run(name, null, first, last, jobs, ("", MutantCompiler.OfCore));
            }

            if (parsed.GetValue(Actors))
            {
                return parsed.GetValue(Seed) is { } one
                    ? ActorBatch.RunOne(one, parsed.GetValue(Workload), parsed.GetValue(Trace), Console.Out)
                    : ActorBatch.Run(
                        first, last, parsed.GetValue(Workload), parsed.GetValue(Seconds), jobs, parsed.GetValue(Twice), Console.Out);
            }

            if (parsed.GetValue(Availability))
            {
                return AvailabilityTrial.Run(first, last, jobs, Console.Out);
            }

            if (parsed.GetValue(Starvation))
            {
                return StarvationTrial.Run(first, last, jobs, Console.Out);
            }

            if (parsed.GetValue(TlaFile) is { } file)
            {
                (first, last) = parsed.GetValue(Seed) is { } traced ? (traced, traced) : (first, last);
                return TracedBatch.Run(first, last, faults, file, parsed.GetValue(TlaEvents), jobs, Console.Out);
            }

            DiskMaker? disks = parsed.GetValue(Disk) == DiskKind.Files ? StoredDisk.Make : null;
            var only = parsed.GetResult(Only) is null ? null : parsed.GetValue(Only);
            return parsed.GetValue(Seed) is { } seed
                ? OneSeed.Run(seed, faults, only, parsed.GetValue(Trace), disks, Console.Out)
                : Batch.Run(new BatchSettings(first, last, faults, parsed.GetValue(Seconds), jobs, parsed.GetValue(Twice), disks)
                {
                    Pairs = parsed.GetValue(Pairs),
                });
        });
        return command;
    }

    private static void ValidateTla(CommandResult parsed)
    {
        Option[] others = [Trace, Only, Disk, Seconds, Twice, Mutants, Availability, Starvation, Actors, Exhaustive];
        if (parsed.GetResult(TlaFile) is not { Tokens: [var file] })
        {
            if (parsed.GetResult(TlaEvents) is { Implicit: false })
            {
                parsed.AddError("--events needs --trace-tla.");
            }
        }
        else if (Array.Find(others, other => parsed.GetResult(other) is { Implicit: false }) is { } other)
        {
            parsed.AddError($"--trace-tla writes traces of plain groups, which have no {other.Name}. Leave {other.Name} out.");
        }
        else if (parsed.GetResult(Seed) is null && !file.Value.Contains(TracedBatch.SeedMark, StringComparison.Ordinal))
        {
            parsed.AddError(
                $"All seeds would write '{file.Value}'. Use --seed, or a name with {TracedBatch.SeedMark}, such as "
                + $"{TracedBatch.SeedMark}.ndjson.");
        }
        else if (Path.GetDirectoryName(Path.GetFullPath(file.Value)) is { } folder && !Directory.Exists(folder))
        {
            parsed.AddError($"The folder '{folder}' of the traces does not exist. Make it first.");
        }
        else if (parsed.GetResult(TlaEvents) is { Implicit: false } && parsed.GetValue(TlaEvents) < 1)
        {
            parsed.AddError("--events must be at least 1.");
        }
    }

    private static Option<string?> OptionOfWorkload()
    {
        Option<string?> option = new("--workload")
        {
            Description = $"With --actors: run this workload in all seeds: {string.Join(", ", ActorWorkloads.Names)}. Default: the seed "
                + "decides.",
            HelpName = "name",
        };
        option.AcceptOnlyFromAmong([.. ActorWorkloads.Names]);
        return option;
    }

    private static (ulong First, ulong Last)? ParseRange(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots > 0 && ulong.TryParse(text[..dots], out var first) && ulong.TryParse(text[(dots + 2)..], out var last) && first <= last)
        {
            return (first, last);
        }

        result.AddError($"'{text}' is not a range of seeds. Use a range such as 1..1000.");
        return null;
    }

    private static int[]? ParseNumbers(ArgumentResult result)
    {
        var numbers = new List<int>();
        foreach (var part in result.Tokens[0].Value.Split(','))
        {
            if (!int.TryParse(part, out var number))
            {
                result.AddError($"'{part}' is not the number of an event. Use numbers such as 3,5,8.");
                return null;
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static FaultSet ParseFaults(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var faults = text.StartsWith("all", StringComparison.Ordinal) ? FaultSet.All : default;
        foreach (var part in text.Split(','))
        {
            var name = part.TrimStart('-');
            if (part is "all" or "none")
            {
                continue;
            }

            if (!Enum.TryParse<FaultKind>(name, ignoreCase: true, out var kind) || char.IsDigit(name[0]))
            {
                result.AddError($"'{name}' is not a kind of fault. --help lists the kinds.");
                continue;
            }

            faults = part[0] == '-' ? faults.Without(kind) : faults.With(kind);
        }

        return faults;
    }
}

/// <summary>The disks of the processes of a simulation.</summary>
internal enum DiskKind
{
    /// <summary>The simulation itself decides which writes survive a crash.</summary>
    Simulated,

    /// <summary>The stores of RaftActors.Storage, on a model of a disk.</summary>
    Files,
}
