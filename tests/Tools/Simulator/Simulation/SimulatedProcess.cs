using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Simulator;

/// <summary>One process. It has a Core and an application only while it runs, and always a disk and a clock.</summary>
/// <param name="number">Its number in the simulation, from 0.</param>
/// <param name="options">The options of its first incarnation.</param>
/// <param name="preload">The content of a new store.</param>
/// <param name="rate">The rate of its clock; 1000 is the rate of simulated time.</param>
/// <param name="origin">The time of its clock at the beginning of the simulation.</param>
internal sealed class SimulatedProcess(int number, CoreOptions options, LogSlice preload, int rate, long origin)
{
    private DiskMaker _makeDisk = SimulatedDisk.Holding;
    private readonly Queue<long> _commits = [];
    private int _life = 1;
    private Feature _recent;
    private Feature _earlier;
    private long _recentSince;
    private bool _isJoining;

    /// <summary>Whether it starts as a joining process.</summary>
    public bool IsJoining => _isJoining || options.IsJoining;

    private CoreOptions Told => _isJoining ? Settings with { IsJoining = true, Roster = [Name] } : Settings;

    public int Number => number;

    public ProcessName Name => options.Self.Name;

    public CoreOptions Options => options;

    /// <summary>Its options, with the settings of its next start.</summary>
    public CoreOptions Settings { get => field ?? options; set; }

    public Member Member { get; private set; } = options.Self;

    public RaftCore? Core { get; private set; }

    public SimulatedDisk Disk { get; private set; } = SimulatedDisk.Holding(options.Self.Name, preload);

    /// <summary>The log in its memory, derived from its writes.</summary>
    public LogImage Log { get; } = new();

    public KeyValueState State { get; } = new();

    /// <summary>The last serial in <see cref="State"/>.</summary>
    public Serial Applied { get; set; }

    /// <summary>The index of the latest entry that was delivered to it.</summary>
    public long Given { get; set; }

    /// <summary>The index of its latest snapshot, which may still be under way to the disk.</summary>
    public long SnapshotTo { get; set; }

    /// <summary>Its commit index a heartbeat and a tick ago; 0 if it was started later.</summary>
    public long CommittedBefore => _commits.Count > options.HeartbeatTicks ? _commits.Peek() : 0;

    /// <summary>The number of its starts.</summary>
    public int Starts { get; private set; }

    /// <summary>What its node watches for it; null: nothing.</summary>
    public QuietWatch? Watch { get; set; }

    /// <summary>Whether it is suspended; its inputs wait.</summary>
    public bool IsPaused { get; set; }

    public Queue<Envelope> Inbox { get; } = [];

    /// <summary>Whether the end of one of its writes is planned.</summary>
    public bool IsWriting { get; set; }

    /// <summary>Whether it has reported that it is fenced.</summary>
    public bool IsFenced { get; set; }

    /// <summary>Whether it has left the group, or has not begun to join it.</summary>
    public bool IsAway { get; set; }

    /// <summary>The received chunks of a snapshot.</summary>
    public MemoryStream Incoming { get; } = new();

    /// <summary>Attempts and reads of clients that wait at this process, by index and by read.</summary>
    public Dictionary<long, Attempt> Appending { get; } = [];

    public Dictionary<long, ClientRead> Reading { get; } = [];

    /// <summary>The simulated time between two of its ticks, in microseconds.</summary>
    public long TickInterval => (1000 * Settings.TickMicroseconds / rate) + 1;

    /// <summary>The simulated time up to which its ticks are counted.</summary>
    public long TickedAt { get; set; }

    public bool IsRunning => Core is not null;

    public static Incarnation IncarnationOf(int process, int life) => new(new Guid(life, (short)process, 0, new byte[8]));

    public TimeSpan Clock(long now) => TimeSpan.FromMicroseconds(MicrosecondsAt(now));

    /// <summary>Its wall clock. Those of two processes differ by minutes, so that of the next leader is often behind.</summary>
    public LogTime WallClock(long now) => new(MicrosecondsAt(now) / 1000);

    private long MicrosecondsAt(long now) => origin + (now * rate / 1000);

    /// <summary>The highest format level of its program, from its next start on.</summary>
    public byte FormatLevel { get; set; } = FormatRange.Own.Highest;

    /// <summary>The lowest format level of a program that opens its store.</summary>
    public byte StoredLevel => Disk.Log.All()
        .Select(entry => entry.Configuration)
        .Append(Disk.Snapshot?.Snapshot.Configuration)
        .Select(configuration => configuration?.Version.Format ?? FormatRange.Own.Lowest)
        .Max();

    /// <summary>What met at it within a heartbeat or two.</summary>
    public Feature Recent(long now)
    {
        var heartbeat = options.HeartbeatTicks * TickInterval;
        if (now - _recentSince >= heartbeat)
        {
            _earlier = now - _recentSince < 2 * heartbeat ? _recent : Feature.None;
            (_recent, _recentSince) = (Feature.None, now);
        }

        return _recent | _earlier;
    }

    /// <summary>Adds features to <see cref="Recent"/>.</summary>
    public Feature Recently(Feature features) => (_recent |= features) | _earlier;

    public void Start(ulong seed)
    {
        Starts++;
        Log.Load(Disk.Log);
        State.Clear();
        if (Disk.Snapshot is { } snapshot)
        {
            State.Load(snapshot.Data);
        }

        SnapshotTo = State.Index;
        var found = Disk.Open();
        Applied = found.Snapshot?.Position.Serial ?? Serial.Zero;
        foreach (var entry in Log.All())
        {
            if (entry.Index.Value > State.Index && entry.Index <= found.Committed)
            {
                State.Apply(entry);
                Applied = entry.Serial;
            }
        }

        Given = State.Index;
        Core = new RaftCore(Told with { Self = Member, Seed = seed, Version = new GroupVersion(FormatLevel, Logic: FormatLevel) }, found);
    }

    /// <summary>Chooses another kind of disk, before the first start.</summary>
    public void Use(DiskMaker makeDisk) => (_makeDisk, Disk) = (makeDisk, makeDisk(Name, preload));

    /// <summary>Notes the commit index after a tick.</summary>
    public void Ticked()
    {
        _commits.Enqueue(Core!.CommitIndex.Value);
        if (_commits.Count > options.HeartbeatTicks + 1)
        {
            _commits.Dequeue();
        }
    }

    public void Crash(Prng prng)
    {
        _commits.Clear();
        Core = null;
        Watch = null;
        IsPaused = IsWriting = IsFenced = false;
        Inbox.Clear();
        Incoming.SetLength(0);
        Disk.Crash(prng);
    }

    /// <summary>Replaces its store by an empty one, with a new incarnation.</summary>
    /// <param name="isPreloaded">Whether the new store holds the preloaded pairs.</param>
    /// <param name="isJoining">Whether it starts as a joining process.</param>
    public void Wipe(bool isPreloaded, bool isJoining)
    {
        _life++;
        _isJoining = isJoining;
        Member = new Member(Name, IncarnationOf(number, _life));
        Disk = _makeDisk(Name, isPreloaded ? preload : []);
    }

    /// <summary>Replaces its store by an old copy.</summary>
    public void Restore(SimulatedDisk copy) => Disk = copy;
}
