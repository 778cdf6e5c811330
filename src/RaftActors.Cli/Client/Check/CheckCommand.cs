using System.CommandLine;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client.Check;

/// <summary><c>raft check</c>.</summary>
internal sealed class CheckCommand(CommandEnvironment environment, ClientSettings settings, GroupClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<Finding> _findings = [];

    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        data.Required = false;
        data.Description = "Also check this data directory of a process on this machine: its rights, its free space, and the time of 200 "
            + "syncs of a temporary file in it.";
        var options = new ClientOptions(environment);
        var command = new Command(
            "check",
            """
            Looks for what is wrong with a running group, and tells the cause and the cure. It asks each member twice, a second apart, and
            checks that

              - each member answers soon, is not fenced, has no name that another process has too, and reaches the others
              - all belong to one group, and agree on its members and its leader; a majority of the voters answers
              - the nodes have one version and the same settings, and their clocks differ by less than a second
              - the term does not grow, members that are behind catch up, and no disk is nearly full
              - this machine can look up the host name of each member
              - with --tls-cert: the certificates are valid for 30 days more
              - with --data: the disk of this machine is fast, has room, and only its user can change the directory

            Each finding is a line that begins with OK, WARN or FAIL. The cure stands below it.

            Exit codes:
              0    no FAIL
              1    at least one FAIL
              2    the command is wrong
              130  Ctrl-C

            Examples:
              raft check -S :9990,:9991,:9992
              raft check --contacts 10.0.0.1:2551 --group orders --data /var/lib/shop
            """)
        {
            data,
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var settings = options.Read(parsed);
            return settings.Look(client => new CheckCommand(environment, settings, client).Run(parsed.GetValue(data)));
        });
        return command;
    }

    private int Run(string? data)
    {
        var group = CheckGroup();
        Add(AddressCheck.FindingsAsync(settings, group, client.Interrupted).GetAwaiter().GetResult());
        Add(CertificateCheck.Findings(settings.Security, TimeProvider.System.GetUtcNow()));
        Add(data is null ? [] : DataCheck.Findings(data));
        if (client.IsInterrupted)
        {
            return ExitCode.Interrupted;
        }

        if (!settings.IsJson)
        {
            var counts = Enum.GetValues<FindingLevel>().Select(level => $"{_findings.Count(each => each.Level == level)} {Name(level)}");
            environment.Output.WriteLine(string.Join(", ", counts));
        }

        return _findings.Exists(finding => finding.Level == FindingLevel.Fail) ? ExitCode.Failed : ExitCode.Done;

        static string Name(FindingLevel level) => $"{level}".ToUpperInvariant();
    }

    /// <returns>The last sample; null: no member answered.</returns>
    private GroupReport? CheckGroup()
    {
        if (client.TryAsk(() => GroupReport.TakeAsync(client, client.End), out var first) is { } why)
        {
            Add([Silent(why)]);
            return null;
        }

        client.Interrupted.WaitHandle.WaitOne(Pause);
        if (client.TryAsk(() => GroupReport.TakeAsync(client, client.Interrupted), out var second) is { } later)
        {
            Add([Silent(later)]);
            return first;
        }

        Add(new GroupCheck(first, second).Findings());
        if (client.TryAsk(() => DescriptionSample.TakeAsync(second.Answers, client.Raft, client.Interrupted), out var described) is null)
        {
            Add(new AgreementCheck(settings.Target, described).Findings());
        }

        return second;
    }

    private Finding Silent(string why) => Finding.Fail(
        "group", $"no {settings.Target.Noun} of {settings.Target.Group} answers: {why}", "Check the addresses, and that these nodes run.");

    private void Add(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            _findings.Add(finding);
            if (settings.IsJson)
            {
                finding.WriteJson(environment.Output);
            }
            else
            {
                finding.WriteText(environment.Output);
            }
        }

        environment.Output.Flush();
    }
}
