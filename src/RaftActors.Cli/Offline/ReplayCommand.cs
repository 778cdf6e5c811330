using RaftActors.Testing.Replay;

namespace RaftActors.Cli.Offline;

/// <summary><c>raft replay</c>.</summary>
internal static class ReplayCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var source = new Argument<string[]>("source")
        {
            Description = "A full backup, then those that continue it, or the data directory of a stopped node.",
            Arity = ArgumentArity.OneOrMore,
            Validators = { SharedOptions.DemandPath },
        };
        var group = SharedOptions.Group();
        group.Description = "The group, if the directory has several.";
        var (oldBuild, newBuild) = (Text("--old", "The dll of the last build.", "dll"), Text("--new", "The dll of the next build.", "dll"));
        (oldBuild.Required, newBuild.Required) = (true, true);
        var actor = Text("--actor", "The class of the actor, if a build has several.", "class");
        var oldActor = Text("--old-actor", "The class in the last build. Default: --actor.", "class");
        return new LocalVerb(environment, "replay")
        {
            What = """
                Applies the log of a real group to the last build of an actor and to the next one, and finds the first serial at which their
                results or states differ, or one throws. A build below its new logic version must do what the last one did. Run it before a
                deployment, on the latest backup.

                Each build has the dependencies of its own folder, and the RaftActors and Akka of this program. The class needs a
                constructor without arguments, or is one with a public static method without arguments that returns the actor. All JSON
                contexts of the dll are used. The code of the builds runs here, so name only builds that you trust. Changes nothing.
                """,
            Ends = new("both builds agree on all pairs", "they differ, or the source or a build cannot be used: standard error says why"),
            Examples =
            [
                "replay monday.backup --old last/orders.dll --new next/orders.dll",
                "replay /var/lib/raft --group orders --old last/shop.dll --new next/shop.dll --actor Orders",
            ],
            Own = [source, oldBuild, newBuild, actor, oldActor, group],
            Run = (parsed, output) =>
            {
                var named = parsed.GetValue(actor);
                ActorBuild last = new(parsed.GetValue(oldBuild)!), next = new(parsed.GetValue(newBuild)!);
                var created = last.Find("--old-actor", parsed.GetValue(oldActor) ?? named);
                var createdNext = next.Find("--actor", named);
                RaftReplayReport report;
                using (ProgressLine line = new(environment, "applies", TimeProvider.System))
                {
                    RaftReplayOptions options = new()
                    {
                        Group = parsed.GetValue(group),
                        SetUp = last.SetUp,
                        SetUpNew = next.SetUp,
                        Progress = new Progress(line),
                    };
                    report = RaftReplay.Compare(parsed.GetValue(source)!, created, createdNext, options, output.Interrupted);
                }

                return Write(output, report);
            },
        }.Build();
    }

    private static int Write(VerbOutput output, RaftReplayReport report)
    {
        var difference = report.Difference;
        var text = difference is null ? $"The builds agree: {report}" : $"The builds differ at {difference}";
        output.WriteOutcome(
            "replay",
            string.Join(Environment.NewLine, text.Split('\n').Select(Printable.Of)),
            ("group", report.Group),
            ("after", report.After.Value),
            ("serial", report.Last.Value),
            ("pairs", report.Pairs),
            ("outcome", difference is null ? "same" : "different"),
            ("results", $"{report.Results:x16}"),
            ("state", report.State is { } state ? $"{state:x16}" : null),
            ("what", difference?.What),
            ("key", difference?.Key),
            ("value", difference?.Value),
            ("old", difference?.Old),
            ("new", difference?.New));
        return difference is null ? ExitCode.Done : ExitCode.Failed;
    }

    private static Option<string?> Text(string name, string description, string value) => new(name)
    {
        Description = description,
        HelpName = value,
        Validators = { SharedOptions.DemandPath },
    };

    private sealed class Progress(ProgressLine line) : IProgress<(long Pairs, long Of)>
    {
        public void Report((long Pairs, long Of) value) => line.Report($"pair {value.Pairs} of {value.Of}");
    }
}
