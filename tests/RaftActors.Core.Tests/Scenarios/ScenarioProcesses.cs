namespace RaftActors.Core.Tests.Scenarios;

/// <summary>Parses the processes of a scenario, one on each line of input.</summary>
internal static class ScenarioProcesses
{
    /// <remarks>
    /// <para>
    /// A line has the name and the log of a process. <c>raft1 preload=3</c>: three preloaded pairs. <c>preload=(a b c)</c>: pairs with
    /// these values. <c>terms=(1 1 2)</c>: the log of a founded group with entries of these terms, first the configuration.
    /// <c>term=3</c>: the current term, if later. <c>stopped</c>: started later. <c>clock=8000</c>: microseconds of its own clock in one
    /// tick. <c>max-quorum=3</c>: the maximum quorum in its own options. <c>domain=rack-1</c>: its failure domain. Settings of
    /// <see cref="With"/>, for this process.
    /// </para>
    /// <para>
    /// The directive has the options of all. <c>joining</c>: each has a roster of itself alone and waits to join. <c>max-quorum=3</c>: the
    /// maximum quorum in the options of all, and in the given logs. Settings of <see cref="With"/>. <c>keys=2</c>: the number of request
    /// keys remembered. <c>memory=0</c>: the bytes of the log in memory. <c>quiesce=20</c>: the ticks without work until the group becomes
    /// quiescent; also on a line, for one process. <c>remove-after=400</c>: the ticks of silence until a learner is removed.
    /// </para>
    /// </remarks>
    public static IEnumerable<(SimulatedProcess Process, bool IsStopped)> Of(Directive directive)
    {
        var lines = directive.Input.Select(line => Directive.Parse(line, [])).ToList();
        var names = directive.Setting("roster")?.Split(' ') ?? lines.Select(line => line.Word);
        ImmutableArray<ProcessName> roster = [.. names.Select(ScenarioGroup.Named)];
        var group = ScenarioGroup.GroupOf(directive.Number("group", 0));
        var isJoining = directive.Arguments.Contains("joining");
        var maxQuorum = directive.Number("max-quorum", 11);
        ulong SeedOf(int i) => (ulong)((directive.Number("seed", 1) * 100) + i);
        for (var i = 0; i < lines.Count; i++)
        {
            var options = new CoreOptions
            {
                Self = new Member(ScenarioGroup.Named(lines[i].Word), SimulatedProcess.IncarnationOf(1)),
                Roster = isJoining ? [ScenarioGroup.Named(lines[i].Word)] : roster,
                IsJoining = isJoining,
                KeepsQuorum = directive.Setting("keeps-quorum") != "no",
                RemoveAfterTicks = directive.Number("remove-after", 0),
                MaxQuorum = lines[i].Number("max-quorum", maxQuorum),
                FoundingUid = ScenarioGroup.GroupOf(i + 1),
                FoundingTimeoutTicks = directive.Number("founding-timeout", 200),
                MaxUncommittedBytes = directive.Number("max-uncommitted", 64_000_000),
                MaxEntriesPerMessage = directive.Number("max-entries", 256),
                Seed = SeedOf(i),
                QuiesceTicks = lines[i].Number("quiesce", directive.Number("quiesce", 0)),
                Priority = lines[i].Number("priority", 0),
                FailureDomain = lines[i].Setting("domain") ?? "",
                Version = GroupVersion.Lowest,
                Variations = new RaftVariations(PreVote: directive.Setting("pre-vote") != "no"),
                MaxInflightMessages = directive.Number("inflight", 64),
                MaxInflightBytes = directive.Number("inflight-bytes", 4_000_000),
                LogMemoryBytes = directive.Number("memory", 64 << 20),
                RetainedEntries = directive.Number("retained", 1000),
                SnapshotChunkBytes = directive.Number("piece", 64_000),
                Sessions = new SessionBounds(
                    MaxKeys: directive.Number("keys", KeyTable.MaxKeys), MaxClosed: directive.Number("closed", Snapshot.MaxClosed)),
            };
            var preload = InitialState.Empty with { Log = Preload.Of(Pairs(lines[i].Setting("preload"))) };
            var initial = lines[i].Setting("terms") is { } terms
                ? FoundedGroup.State(
                    roster,
                    maxQuorum,
                    group,
                    [.. terms.Split(' ').Select(long.Parse)],
                    lines[i].Number("term", 0),
                    BootOf)
                : preload;
            var process = new SimulatedProcess(With(With(options, directive), lines[i]), initial, preload)
            {
                TickMicroseconds = lines[i].Number("clock", 10_000),
            };
            yield return (process, lines[i].Arguments.Contains("stopped"));
        }

        // The others have no record yet of a process that starts later or is added by another directive.
        bool IsStarted(Directive line, ProcessName name) =>
            ScenarioGroup.Named(line.Word) == name && !line.Arguments.Contains("stopped");
        Boot BootOf(int place) => lines.FindIndex(line => IsStarted(line, roster[place])) is var i and >= 0
            ? SimulatedProcess.FirstBootOf(SeedOf(i))
            : default;
    }

    /// <summary>
    /// Replaces settings. <c>program=2</c>: the highest format level of the program; 1 by default. <c>logic=2</c>: its logic version.
    /// <c>raises=no</c>: its leader does not raise the logic version by itself. <c>lease=(10000 20)</c>: leases, with
    /// the minimum microseconds of a tick and the maximum drift in percent. <c>lease=off</c>: none, as by default. <c>timeout=(6 12)</c>:
    /// the shortest and the longest election timeout in ticks; 20 and 40 by default.
    /// </summary>
    public static CoreOptions With(CoreOptions options, Directive settings)
    {
        var (lease, timeout) = (settings.Setting("lease")?.Split(' '), settings.Setting("timeout")?.Split(' '));
        return options with
        {
            Version = new GroupVersion(
                (byte)settings.Number("program", options.Version.Format), (int)settings.Number("logic", options.Version.Logic)),
            RaisesLogic = settings.Setting("raises") is not { } raises ? options.RaisesLogic : raises != "no",
            Lease = lease is null ? options.Lease : lease is [_, var drift] ? new LeaseOptions(int.Parse(drift)) : null,
            TickMicroseconds = lease is [var tick, _] ? long.Parse(tick) : options.TickMicroseconds,
            ElectionTimeoutMinTicks = timeout is null ? options.ElectionTimeoutMinTicks : int.Parse(timeout[0]),
            ElectionTimeoutMaxTicks = timeout is null ? options.ElectionTimeoutMaxTicks : int.Parse(timeout[1]),
        };
    }

    private static IEnumerable<Payload.Pair> Pairs(string? preload)
    {
        var values = int.TryParse(preload, out var count)
            ? Enumerable.Range(1, count).Select(i => $"value{i}")
            : preload?.Split(' ') ?? [];
        return values.Select((value, i) => new Payload.Pair(null, $"key{i + 1}", Encoding.UTF8.GetBytes(value)));
    }
}
