using System.Collections.Immutable;
using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Simulator;

/// <summary>The group of a seed: its processes, their options and the contents of their stores.</summary>
internal sealed class GroupPlan
{
    private const int TickMicroseconds = 1000;
    private const int JoinersMax = 5;
    private const ulong MemorySeed = 0x10C;
    private const ulong DomainSeed = 0xD03A;
    private const ulong QuietSeed = 0x9E57;
    private const ulong UpgradeSeed = 0x09AD;
    private const ulong PairsSeed = 0x9A12;
    private const ulong PairsPeriod = 2;
    private const ulong SettingsSeed = 0x5E77;
    private const ulong PlainSeed = 0x71A1;
    private const ulong ClosingSeed = 0xC105;
    private const ulong ClosingPeriod = 11;
    private const ulong ConditionPeriod = 7;
    private const ulong NonVoterPeriod = 5;

    private static readonly ProcessName[] Names = [.. Enumerable.Range(1, 9 + JoinersMax).Select(i => new ProcessName($"raft{i:00}@x"))];
    /// <summary>The faults of a plain group. The others replace logs, change members or repeat messages.</summary>
    private static readonly FaultSet PlainFaults = Enum.GetValues<FaultKind>()
        .Where(kind => kind is not (FaultKind.Duplicate or FaultKind.FullDisk or FaultKind.Wipe or FaultKind.Restore or FaultKind.Damage
            or FaultKind.Join or FaultKind.Leave or FaultKind.Assign or FaultKind.Resize or FaultKind.Snapshot or FaultKind.Lease))
        .Aggregate(default(FaultSet), (faults, kind) => faults.With(kind));

    private static readonly Payload.Pair[] Preloads = [.. Enumerable.Range(1, 8).Select(PreloadedPair)];

    private readonly Prng _prng;
    private readonly FaultSet _faults;
    private readonly int _joiners;
    private readonly int _maxKeys;
    private readonly int _maxClosed = Snapshot.MaxClosed;

    // The requests that all origins may have beyond one each.
    private readonly int _spare;

    /// <summary>Draws the bounds of the logs in memory. The other draws do not depend on it.</summary>
    private readonly Prng _memory;

    /// <summary>Draws the failure domains, like <see cref="_memory"/>.</summary>
    private readonly Prng _domains;

    /// <summary>
    /// Whether elections are fast and begin at nearly the same time after the loss of a leader. So a lease that is slightly too long
    /// overlaps the next leader.
    /// </summary>
    private readonly bool _isTight;

    public GroupPlan(ulong seed, FaultSet faults)
    {
        (_prng, _faults) = (new Prng(seed), faults);
        var keys = new Prng(~seed);
        (HasKeys, _maxKeys, KeySeed) = (keys.Chance(35), keys.Any([1, 2, 3, 5, 9, KeyTable.MaxKeys]), keys.Next());
        var closing = new Prng(~seed ^ ClosingSeed);
        HasClosing = seed % ClosingPeriod == ClosingPeriod - 2;
        HasConditions = seed % ConditionPeriod == ConditionPeriod - 2;
        HasNonVoters = seed % NonVoterPeriod == NonVoterPeriod - 2;
        (_maxClosed, CloseSeed) = (closing.Any([1, 2, 5, Snapshot.MaxClosed]), closing.Next());
        _spare = closing.Any([0, 0, 1, 4, 50]);
        Size = _prng.Between(1, 100) switch
        {
            <= 2 => 1,
            <= 8 => 2,
            <= 50 => 3,
            <= 62 => 4,
            <= 85 => 5,
            <= 92 => 6,
            <= 96 => 7,
            <= 98 => 8,
            _ => 9,
        };
        _memory = new Prng(~seed ^ MemorySeed);
        _domains = new Prng(~seed ^ DomainSeed);
        var quiet = new Prng(~seed ^ QuietSeed);
        (QuiesceTicks, HasOtherGroups) = (quiet.Any([0, 1, 5, 20, 60]), quiet.Chance(50));
        var upgrades = new Prng(~seed ^ UpgradeSeed);
        (HasUpgrades, ProgramSeed) = (upgrades.Chance(30), upgrades.Next());
        _joiners = _prng.Chance(20) ? _prng.Between(3, JoinersMax) : 2;
        IsBig = _prng.Between(1, 300) == 1;
        HasUnequalPreloads = _prng.Chance(25);
        var hasLeases = _prng.Chance(45);
        DriftPercent = _prng.Any([0, 20, 50, 50]);
        HasLeases = hasLeases && faults.Has(FaultKind.Lease);
        HasUnequalSettings = HasLeases && new Prng(~seed ^ SettingsSeed).Chance(22);
        var begin = HasUnequalPreloads ? 120_000 : 0;
        FaultsEnd = begin + (_prng.Between(200, 600) * 1000L);
        _isTight = HasLeases && _prng.Chance(60);
        Processes = DrawProcesses();
        WipesEarly = _prng.Chance(12) && Size > 2;
        Events = Schedule.Draw(_prng, faults, begin, FaultsEnd, this);
        if (faults.Has(FaultKind.Pairs) && seed % PairsPeriod == 0)
        {
            Schedule.AddPairs(Events, new Prng(~seed ^ PairsSeed), begin, FaultsEnd);
        }

        IsInOrder = _prng.Chance(20);
        (LatencyMax, WriteMax) = (_prng.Any([300, 1000, 2500]), _prng.Any([50, 500, 2000, 8000]));
        if (_isTight || HasUnequalPreloads)
        {
            (LatencyMax, WriteMax) = (300, 50);
        }

        Clients = _prng.Between(1, 4);
        NewSessionPercent = _prng.Any([0, 0, 10, 40]);
        ThinkingMax = _prng.Any([2000, 8000, 20_000]);
        ReadPercent = faults.Has(FaultKind.Read) ? _prng.Between(10, 60) : 0;
        RuntimeSeed = _prng.Next();
    }

    /// <summary>A group for <see cref="Availability"/>: no faults of the schedule and no clients, since it has its own.</summary>
    /// <param name="shared">The options of all processes. <c>Self</c> and <c>FoundingUid</c> are replaced.</param>
    /// <param name="end">The time at which all lost nodes come back, in microseconds.</param>
    private GroupPlan(ulong seed, int size, CoreOptions shared, long end)
    {
        (_prng, _memory, _domains, _faults, _maxKeys) = (new Prng(seed), new Prng(seed), new Prng(seed), default, KeyTable.MaxKeys);
        (Size, FaultsEnd, Events, HasPunctualTicks) = (size, end, [], true);
        (LatencyMax, WriteMax, RuntimeSeed) = (300, 50, _prng.Next());
        ImmutableArray<ProcessName> roster = [.. Names[..size]];
        Processes =
        [
            .. Enumerable.Range(0, size).Select(number => new SimulatedProcess(
                number,
                shared with
                {
                    Self = new Member(Names[number], SimulatedProcess.IncarnationOf(number, 1)),
                    Roster = roster,
                    FoundingUid = new GroupUid(new Guid(number + 1, 0, 0, new byte[8])),
                },
                [],
                rate: 1000,
                origin: 0)),
        ];
    }

    /// <summary>A group with the default options, except for the voters.</summary>
    public static GroupPlan Steady(ulong seed, int size, int maxQuorum, bool keepsQuorum, long end) => new(
        seed,
        size,
        new CoreOptions
        {
            Self = new Member(Names[0], SimulatedProcess.IncarnationOf(0, 1)),
            Roster = [],
            FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])),
            Seed = 0,
            MaxQuorum = maxQuorum,
            KeepsQuorum = keepsQuorum,
            TickMicroseconds = TickMicroseconds,
        },
        end);

    /// <summary>
    /// A plain group, which the specification of another Raft can replay: it was founded in term 1, all processes vote, and nothing
    /// is compacted, leased or quiescent.
    /// </summary>
    public static GroupPlan Plain(ulong seed, FaultSet faults) => new(new Prng(~seed ^ PlainSeed), faults);

    private GroupPlan(Prng prng, FaultSet faults)
    {
        (_prng, _memory, _domains, _maxKeys) = (prng, prng, prng, KeyTable.MaxKeys);
        (_faults, IsPlain) = (faults.Only(PlainFaults), true);
        Size = prng.Any([2, 3, 3, 3, 4, 5, 5]);
        FaultsEnd = prng.Between(200, 600) * 1000L;
        ImmutableArray<ProcessName> roster = [.. Names[..Size]];
        ImmutableArray<Member> members = [.. roster.Select((name, number) => new Member(name, SimulatedProcess.IncarnationOf(number, 1)))];
        var shared = DrawOptions(roster) with
        {
            MaxQuorum = 5,
            KeepsQuorum = false,
            LogMemoryBytes = 64 << 20,
            Variations = new RaftVariations(PreVote: prng.Chance(50), CheckQuorum: prng.Chance(90)),
        };
        var founded = FoundedDisk(shared.FoundingUid, members, shared.MaxQuorum);
        Processes = [];
        foreach (var member in members)
        {
            var (number, priority) = (Processes.Count, prng.Between(0, 2));
            var options = shared with { Self = member, Priority = _faults.Has(FaultKind.Priority) ? priority : 0 };
            Processes.Add(new SimulatedProcess(number, options, [], prng.Between(900, 1100), prng.Between(0, 1_000_000_000)));
            Processes[number].Use((_, _) => SimulatedDisk.Plain(founded));
        }

        Events = Schedule.Draw(prng, _faults, 0, FaultsEnd, this);
        IsInOrder = prng.Chance(30);
        (LatencyMax, WriteMax) = (prng.Any([300, 1000, 2500]), prng.Any([1, 500, 2000, 8000]));
        (Clients, ThinkingMax) = (prng.Between(1, 3), prng.Any([2000, 8000]));
        ReadPercent = _faults.Has(FaultKind.Read) ? prng.Between(0, 30) : 0;
        RuntimeSeed = prng.Next();
    }

    private static InitialState FoundedDisk(GroupUid group, ImmutableArray<Member> members, int maxQuorum)
    {
        var configuration = new Configuration(group, members.Length, members, [], [], [])
        {
            MaxQuorum = maxQuorum,
            Version = new GroupVersion(FormatRange.Own.Highest, Logic: FormatRange.Own.Highest),
        };
        var hardState = new HardState(new Term(1), null, [.. members.Select(member => new PeerRecord(member, default))])
        {
            IsAdmitted = true,
            Group = group,
            Roster = [.. members.Select(member => member.Name)],
        };
        return new(hardState, [new LogEntry(new LogIndex(1), new Term(1), Serial.Zero, new Payload.Reconfigure(configuration))]);
    }

    public int Size { get; }

    /// <summary>Whether this is a <see cref="Plain"/> group.</summary>
    public bool IsPlain { get; }

    /// <summary>Whether no tick is late.</summary>
    public bool HasPunctualTicks { get; }

    public bool HasUnequalPreloads { get; }

    /// <summary>Whether a disk is lost during the founding. Then the group may rightly never have a leader.</summary>
    public bool WipesEarly { get; }

    public bool HasLeases { get; }

    /// <summary>
    /// Whether each start of a process has a lease or not, a length of ticks and an election timeout of its own, as in a rolling restart
    /// with other settings. It is so in one seed of ten, and the other draws do not depend on it.
    /// </summary>
    public bool HasUnequalSettings { get; }

    /// <summary>
    /// The ticks without work after which the group becomes quiescent; 0: it never does. The other draws do not depend on it.
    /// </summary>
    public int QuiesceTicks { get; }

    /// <summary>Whether its nodes have other quiescent groups, so that their beats come in any case.</summary>
    public bool HasOtherGroups { get; }

    /// <summary>
    /// Whether each start of a process is one of a program of any format level, and an operator raises the level of the group. The other
    /// draws do not depend on it.
    /// </summary>
    public bool HasUpgrades { get; }

    /// <summary>The seed of all choices about programs.</summary>
    public ulong ProgramSeed { get; }

    public int DriftPercent { get; }

    public long FaultsEnd { get; }

    /// <summary>The processes of the founding roster, then those that may join.</summary>
    public List<SimulatedProcess> Processes { get; }

    public List<FaultEvent> Events { get; }

    /// <summary>Whether each link keeps the order of its messages, like a connection.</summary>
    public bool IsInOrder { get; }

    public int LatencyMax { get; }

    public int WriteMax { get; }

    /// <summary>Whether each client has up to a thousand requests under way, and messages hold many entries. Few seeds are big.</summary>
    public bool IsBig { get; }

    public int Clients { get; }

    /// <summary>Whether clients use request keys, and repeat the operations of others. The other seeds run as without keys.</summary>
    public bool HasKeys { get; }

    /// <summary>The seed of all choices about request keys.</summary>
    public ulong KeySeed { get; }

    /// <summary>Whether clients close their sessions. The other seeds run as without.</summary>
    public bool HasClosing { get; }

    /// <summary>Every second pair names the last serial that the group must have.</summary>
    public bool HasConditions { get; }

    /// <summary>Every second process that joins never votes.</summary>
    public bool HasNonVoters { get; }

    /// <summary>The seed of all choices about closed sessions.</summary>
    public ulong CloseSeed { get; }

    /// <summary>The probability in percent that a client begins another session, so that origins are forgotten.</summary>
    public int NewSessionPercent { get; }

    public int ThinkingMax { get; }

    public int ReadPercent { get; }

    public ulong RuntimeSeed { get; }

    private List<SimulatedProcess> DrawProcesses()
    {
        ImmutableArray<ProcessName> roster = [.. Names[..Size]];
        var shared = DrawOptions(roster);
        var hasEqualMaxima = _prng.Chance(50);
        var serial = _prng.Between(0, 3);
        string[] domains = _domains.Any<string[]>([[""], [""], ["a", "b"], ["a", "b", "c"], ["", "a", "b"]]);
        var processes = new List<SimulatedProcess>();
        for (var number = 0; number < Size + _joiners; number++)
        {
            var isJoining = number >= Size;
            serial = HasUnequalPreloads ? _prng.Between(0, 5) : serial;
            var priority = _prng.Between(0, 2);
            var options = shared with
            {
                Self = new Member(Names[number], SimulatedProcess.IncarnationOf(number, 1)),
                Roster = isJoining ? [Names[number]] : roster,
                IsJoining = isJoining,
                FoundingUid = new GroupUid(new Guid(number + 1, 0, 0, new byte[8])),
                MaxQuorum = hasEqualMaxima ? shared.MaxQuorum : _prng.Any([3, 3, 5, 11]),
                LogMemoryBytes = _memory.Any([0, 0, 1000, 3000, 10_000, 64 << 20]),
                FailureDomain = _domains.Any(domains),
                Priority = _faults.Has(FaultKind.Priority) ? priority : 0,
            };
            var rate = HasLeases ? 1000 + (10 * DriftPercent * _prng.Between(0, 1)) : _prng.Between(900, 1100);
            var preload = isJoining ? [] : Preload.Of(Preloads[..serial]);
            processes.Add(new SimulatedProcess(number, options, preload, rate, _prng.Between(0, 1_000_000_000)) { IsAway = isJoining });
        }

        return processes;
    }

    private CoreOptions DrawOptions(ImmutableArray<ProcessName> roster)
    {
        var heartbeat = _prng.Between(2, 5);
        var electionMin = heartbeat * (_isTight ? 4 : _prng.Between(2, 4));
        var electionMax = electionMin + (_isTight ? 1 : _prng.Between(2, electionMin));
        return new CoreOptions
        {
            Self = new Member(roster[0], SimulatedProcess.IncarnationOf(0, 1)),
            Roster = roster,
            FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])),
            Seed = 0,
            MaxQuorum = _prng.Any([3, 3, 5, 11]),
            HeartbeatTicks = heartbeat,
            ElectionTimeoutMinTicks = electionMin,
            ElectionTimeoutMaxTicks = electionMax,
            HintStaggerTicks = _prng.Between(0, 2),
            FoundingTimeoutTicks = _prng.Between(20, 100),
            MaxEntriesPerMessage = IsBig ? 256 : _prng.Any([1, 2, 8, 256]),
            MaxBytesPerMessage = IsBig ? 64_000 : _prng.Any([1, 300, 64_000]),
            MaxInflightMessages = _prng.Any([1, 2, 4, 64]),
            MaxInflightBytes = _prng.Any([200, 1000, 4_000_000]),
            MaxUncommittedBytes = IsBig ? 64_000_000 : _prng.Any([300, 3000, 64_000_000]),
            RetainedEntries = _prng.Any([0, 0, 2, 10]),
            SnapshotChunkBytes = Math.Max(_prng.Any([7, 20, 64_000]), IsBig ? 64_000 : 0), // Its states have ten thousand keys.
            TransferTimeoutTicks = _prng.Between(electionMin, 2 * electionMax),
            DiskStallTicks = _prng.Between(10, 100),
            GoneTicks = electionMax + _prng.Between(0, 100),
            StableTicks = _prng.Between(0, 30),
            KeepsQuorum = _prng.Chance(70),
            QuiesceTicks = QuiesceTicks,
            Sessions = Bounded(DrawSessions()),
            TickMicroseconds = TickMicroseconds,
            Lease = HasLeases ? new LeaseOptions(DriftPercent) : null,
            Variations = DrawVariations(),
        };
    }

    /// <summary>Draws the settings of one start that may differ between the processes of a group with leases.</summary>
    public static CoreOptions DrawSettings(CoreOptions own, Prng prng)
    {
        var electionMin = own.HeartbeatTicks * prng.Between(2, 8);
        var electionMax = electionMin + prng.Between(1, own.HeartbeatTicks);
        return own with
        {
            Lease = prng.Chance(60) ? own.Lease : null,
            TickMicroseconds = prng.Any([TickMicroseconds / 2, TickMicroseconds, 2 * TickMicroseconds]),
            ElectionTimeoutMinTicks = electionMin,
            ElectionTimeoutMaxTicks = electionMax,
            GoneTicks = Math.Max(own.GoneTicks, electionMax),
        };
    }

    /// <summary>Returns mostly low limits, so that requests and origins are forgotten.</summary>
    private SessionBounds Bounded(SessionBounds drawn) => drawn with
    {
        MaxKeys = _maxKeys,
        MaxClosed = _maxClosed,
        MaxInAll = drawn.MaxOrigins == Snapshot.MaxSessions ? Snapshot.MaxRequests : drawn.MaxOrigins + _spare,
    };

    private SessionBounds DrawSessions() =>
        _prng.Chance(30) ? new SessionBounds() : new SessionBounds(_prng.Between(1, 4), _prng.Between(1, 6));

    /// <summary>
    /// Switches off pre-votes or check-quorum in some seeds, since safety depends on them only with leases. Without pre-votes no process
    /// waits for the longest preload. So a process with more preloaded pairs than the group rightly stays out for ever.
    /// </summary>
    private RaftVariations DrawVariations()
    {
        var (preVote, checkQuorum) = (_prng.Chance(90), _prng.Chance(95));
        return HasLeases ? new RaftVariations() : new RaftVariations(PreVote: preVote || HasUnequalPreloads, CheckQuorum: checkQuorum);
    }

    private static Payload.Pair PreloadedPair(int number) => new(null, "old", BitConverter.GetBytes((long)number));
}
