using RaftActors.Storage;

namespace RaftTrials.Trials;

/// <summary>
/// The leader of three servers fails without ending: it is slow, half deaf, or stands still now and then. While the fault lasts, commits
/// must go on.
/// </summary>
internal static class GrayTrials
{
    private const int Servers = 3;
    private const int Writers = 3;
    private const int UsualRounds = 5;

    /// <summary>The factor of a slow disk.</summary>
    private const int Slower = 100;

    // A server reads the entries for a lagging one from its disk if they are not in its memory.
    private const string SmallMemory = "raft.log-memory-max = 16kB";
    private const int Lag = 500;

    /// <summary>The longest time without a commit, also for one writer. On an idle machine the trials stay far below it.</summary>
    private static readonly TimeSpan GapMax = TimeSpan.FromSeconds(20);

    /// <summary>A fault lasts so long after commits went on.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Awake = TimeSpan.FromMilliseconds(500);

    /// <summary>The leader's reads of its disk hang while a follower lags. It must lose the leadership.</summary>
    public static async Task<string> ReadsHang(Trial trial)
    {
        var group = trial.Group(Servers);
        var disks = trial.FaultyDisks(group);
        group.Configure(SmallMemory);

        RaftServer? lagging = null;
        return await Rounds(trial, group, Host.Here, isLost: true, (leader, _) =>
        {
            disks[leader].Set(DiskFault.ReadHangs);
            lagging!.Process.Send(Signal.Continue); // Justification: Lags came before.
            return () => Met(disks[leader].Hits, () => disks[leader].Set(DiskFault.None));
        }, Lags);

        async Task Lags()
        {
            var leader = group.Elections.Latest!.Server;
            lagging = group.Servers.First(server => server != leader);
            lagging.Process.Send(Signal.Stop);
            await group.Book.Committed(Lag, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Every call of the leader's disk takes a hundred times as long.</summary>
    public static async Task<string> SlowDisk(Trial trial)
    {
        var group = trial.Group(Servers);
        var disks = trial.FaultyDisks(group);
        return await Rounds(trial, group, Host.Here, isLost: false, (leader, _) =>
        {
            disks[leader].Set(DiskFault.IsSlow, Slower);
            return () => Met(disks[leader].Hits, () => disks[leader].Set(DiskFault.None));
        });
    }

    /// <summary>The leader hears all servers and clients, and none of them hears it. It must lose the leadership.</summary>
    public static async Task<string> Mute(Trial trial)
    {
        const int Clients = Servers + 1;
        var (group, network) = await trial.GroupOnNetwork(Servers, others: 1);
        return await Rounds(trial, group, network.Host(Clients), isLost: true, (leader, _) =>
        {
            var number = group.Servers.IndexOf(leader) + 1;
            network.Rule(new([.. Enumerable.Range(1, Clients).Where(other => other != number).Select(other => (number, other))]));
            return () => network.Rule(new());
        });
    }

    /// <summary>The wall clock of the leader jumps. The times of later pairs show the jumps.</summary>
    public static async Task<string> ClockJumps(Trial trial)
    {
        var group = trial.Group(Servers);
        Dictionary<RaftServer, WallClock> clocks = [];
        foreach (var (place, server) in group.Servers.Index())
        {
            var clock = clocks[server] = trial.Own(new WallClock(Path.Combine(trial.Work, $"clock{place}")));
            server.Environment = clock.Environment;
        }

        var most = TimeSpan.Zero;
        var found = await Rounds(trial, group, Host.Here, isLost: false, (leader, round) =>
        {
            var (by, rate) = WallClock.Jumps[round % WallClock.Jumps.Count];
            most = by > most ? by : most;
            clocks[leader].Set(by, rate);
            return () => { };
        });
        var latest = StoreTools.Dump(group.Servers[0].Data).Max(item => item.Time?.ToUnixTimeMilliseconds() ?? 0);
        var ahead = DateTimeOffset.FromUnixTimeMilliseconds(latest) - DateTimeOffset.UtcNow;
        TrialFailure.Unless(
            ahead > most / 2, $"no pair is more than {ahead} ahead after a jump of {most}: the clocks have not jumped");
        return $"{found}; pairs are up to {ahead.TotalHours:0.0} h ahead";
    }

    /// <summary>
    /// The leader gets no more memory, and the kernel takes what it can. The runtime may end itself then, also
    /// later ("Failed to create RW mapping"). So the server is started again with all memory, as an operator does.
    /// </summary>
    public static async Task<string> MemoryGone(Trial trial)
    {
        List<MemoryGroup> memories = [.. Enumerable.Range(1, Servers).Select(number => trial.Own(new MemoryGroup(number)))];
        var group = trial.Group([.. memories.Select(memory => memory.Host)]);
        var ended = 0;
        var found = await Rounds(trial, group, Host.Here, isLost: false, (leader, _) =>
        {
            var memory = memories[group.Servers.IndexOf(leader)];
            var before = memory.Refusals;
            memory.Exhaust();
            return () => Met(memory.Refusals - before, () =>
            {
                memory.Relieve();
                ended += leader.IsRunning ? 0 : 1;
                leader.Kill();
                leader.Start();
            });
        });
        return $"{found}; {ended} servers ended themselves";
    }

    /// <summary>The leader is frozen for two seconds, wakes for half a second, is frozen again, and so on.</summary>
    public static Task<string> FrozenAgain(Trial trial) =>
        Rounds(trial, trial.Group(Servers), Host.Here, isLost: true, (leader, _) =>
        {
            var stop = new CancellationTokenSource();
            var freezing = Freeze();
            return () =>
            {
                stop.Cancel();
                freezing.Wait();
            };

            async Task Freeze()
            {
                while (!stop.IsCancellationRequested)
                {
                    leader.Process.Send(Signal.Stop);
                    await Poll.Wait(Frozen, stop.Token);
                    leader.Process.Send(Signal.Continue);
                    await Poll.Wait(Awake, stop.Token);
                }
            }
        });

    private static void Met(long times, Action end)
    {
        end();
        TrialFailure.Unless(times > 0, "nothing met the fault: this trial proves nothing");
    }

    /// <param name="clients">The host of the clients.</param>
    /// <param name="isLost">The leader must lose the leadership.</param>
    /// <param name="begin">Begins the fault of a leader in a round from 0, and returns what ends it.</param>
    /// <param name="prepare">What precedes the fault; null: nothing.</param>
    private static async Task<string> Rounds(
        Trial trial, Group group, Host clients, bool isLost, Func<RaftServer, int, Action> begin, Func<Task>? prepare = null)
    {
        await group.StartAndElect();
        var load = group.Load("w", Writers, group.Servers, alone: true, host: clients);
        await group.Book.CommittedToEach(load.All, 0);
        List<TimeSpan> forAll = [], forOne = [];
        var elections = 0L;
        for (var round = 0; round < trial.Rounds(UsualRounds); round++)
        {
            await (prepare?.Invoke() ?? Task.CompletedTask);
            var election = group.Elections.Latest!;
            var end = begin(election.Server, round);
            var began = Stopwatch.GetTimestamp();
            if (isLost)
            {
                await group.Elections.After(election.Term);
            }

            await group.Book.CommittedToEach(load.Writers, began);
            await Task.Delay(Lasting);
            await group.Book.CommittedToEach(load.Writers, Stopwatch.GetTimestamp());
            var ended = Stopwatch.GetTimestamp();
            elections += group.Term - election.Term;
            end();

            // Also to the writer that asks the server with the fault first.
            await group.Book.CommittedToEach(load.All, Stopwatch.GetTimestamp());
            TrialFailure.IfAny(group.Servers.FirstOrDefault(server => !server.IsRunning), dead => $"{dead.Id} has ended");
            forAll.AddRange(Gaps.OfEach(group.Book.Writes, _ => "", began, ended));
            forOne.AddRange(Gaps.OfEach(
                group.Book.Writes.Where(call => load.Writers.Contains(call.Client)), call => call.Client, began, ended));
        }

        var found = $"{await group.Check(group.Servers)}; without any commit {Gaps.Summary(forAll)}; without a commit for one writer "
            + $"{Gaps.Summary(forOne)}; {elections} elections under the fault";
        TrialFailure.Unless(forOne.Max() <= GapMax, $"a writer was without a commit for {Gaps.Text(forOne.Max())}: {found}");
        return found;
    }
}
