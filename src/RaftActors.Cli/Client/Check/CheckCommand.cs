namespace RaftActors.Cli.Client.Check;

internal sealed class CheckCommand(GroupRun run, GroupClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly List<Finding> _findings = [];

    public static Command Build(CommandEnvironment environment)
    {
        var data = SharedOptions.Data();
        data.Required = false;
        data.Description = "Also check this data directory of a process on this machine: its rights, its free space, and the time of 200 "
            + "syncs of a temporary file in it.";
        return new GroupVerb(environment, "check")
        {
            What = """
                Looks for what is wrong with a running group, and tells the cause and the cure. It asks each member twice, a second apart,
                and checks that

                  - each member answers soon, is not fenced, has no name that another process has too, and reaches the others
                  - all belong to one group, and agree on its members and its leader; a majority of the voters answers
                  - the nodes have one version and the same settings, and their clocks differ by less than a second
                  - the term does not grow, members that are behind catch up, and no disk is nearly full
                  - this machine can look up the host name of each member
                  - with --tls-cert: the certificates are valid for 30 days more
                  - with --data: the disk of this machine is fast, has room, and only its user can change the directory

                Each finding is a line that begins with OK, WARN or FAIL. The cure stands below it.
                """,
            Ends = new("no FAIL", "at least one FAIL"),
            Examples =
            [
                "check -S :9990,:9991,:9992",
                "check --contacts 10.0.0.1:2551 --group orders --data /var/lib/shop",
            ],
            Own = [data],
            Looks = _ => true,
            Run = (parsed, run) => new CheckCommand(run, run.Client).Run(parsed.GetValue(data)),
        }.Build();
    }

    private int Run(string? data)
    {
        var group = CheckGroup();
        Add(AddressCheck.FindingsAsync(run.Settings, group, client.Interrupted).GetAwaiter().GetResult());
        Add(CertificateCheck.Findings(run.Settings.Security, TimeProvider.System.GetUtcNow()));
        Add(data is null ? [] : DataCheck.Findings(data));
        if (client.IsInterrupted)
        {
            return ExitCode.Interrupted;
        }

        if (!run.Settings.IsJson)
        {
            var counts = Enum.GetValues<FindingLevel>().Select(
                level => $"{_findings.Count(each => each.Level == level)} {$"{level}".ToUpperInvariant()}");
            run.Environment.Output.WriteLine(string.Join(", ", counts));
        }

        return _findings.Exists(finding => finding.Level == FindingLevel.Fail) ? ExitCode.Failed : ExitCode.Done;
    }

    /// <returns>The last sample, or null if no member answered.</returns>
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
            // The first sample may show why there is no second one.
            Add([.. new GroupCheck(first, first).Findings(), Silent(later)]);
            return first;
        }

        Add(new GroupCheck(first, second).Findings());
        var describing = () => DescriptionSample.TakeAsync(second.Answers, client.Raft, client.Interrupted);
        if (client.TryAsk(describing, out var described) is null)
        {
            Add(new AgreementCheck(run.Target, described).Findings());
        }

        return second;
    }

    private Finding Silent(string why) => Finding.Fail(
        "group", $"no {run.Target.Noun} of {run.Target.Group} answers: {why}", "Check the addresses, and that these nodes run.");

    private void Add(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings)
        {
            _findings.Add(finding);
            run.Write(
                "finding",
                finding.Lines,
                ("level", $"{finding.Level}".ToLowerInvariant()),
                ("about", finding.About),
                ("text", finding.Text),
                ("cure", finding.Cure));
        }

        run.Environment.Output.Flush();
    }
}
