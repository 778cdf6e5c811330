using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>One process: its core and its application while it runs, its disk and its clock always.</summary>
/// <param name="number">Its place in the simulation.</param>
/// <param name="options">What its core is told, in its first life.</param>
/// <param name="preload">What is in its store when that is new.</param>
/// <param name="rate">How fast its clock runs: 1000 is as fast as time itself.</param>
/// <param name="origin">What its clock says when the simulation begins.</param>
internal sealed class SimulatedProcess(int number, CoreOptions options, LogSlice preload, int rate, long origin)
{
    private DiskMaker _makeDisk = SimulatedDisk.Holding;
    private readonly Queue<long> _commits = [];
    private int _life = 1;
    private bool _isJoining;

    /// <summary>It is started as one that waits to be taken in.</summary>
    public bool IsJoining => _isJoining || options.IsJoining;

    private CoreOptions Told => _isJoining ? options with { IsJoining = true, Roster = [Name] } : options;

    public int Number => number;

    public ProcessName Name => options.Self.Name;

    public CoreOptions Options => options;

    public Member Member { get; private set; } = options.Self;

    public RaftCore? Core { get; private set; }

    public SimulatedDisk Disk { get; private set; } = SimulatedDisk.Holding(options.Self.Name, preload);

    /// <summary>The log in its memory, as far as its writes tell.</summary>
    public LogImage Log { get; } = new();

    public KeyValueState State { get; } = new();

    /// <summary>Up to here it was given what is committed.</summary>
    public long Given { get; set; }

    /// <summary>Up to here goes its latest snapshot, be it still being written.</summary>
    public long SnapshotTo { get; set; }

    /// <summary>What it knew to be committed a heartbeat and a tick ago; 0 if it has not run for so long.</summary>
    public long CommittedBefore => _commits.Count > options.HeartbeatTicks ? _commits.Peek() : 0;

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>Stopped for a while by its machine; what comes in waits.</summary>
    public bool IsPaused { get; set; }

    public Queue<Envelope> Inbox { get; } = [];

    /// <summary>A write of it is being done.</summary>
    public bool IsWriting { get; set; }

    /// <summary>It said that it takes no part any more.</summary>
    public bool IsFenced { get; set; }

    /// <summary>It left the group, or has not begun to join one.</summary>
    public bool IsAway { get; set; }

    /// <summary>The pieces of a snapshot that came in.</summary>
    public MemoryStream Incoming { get; } = new();

    /// <summary>What its clients wait for, by index and by read.</summary>
    public Dictionary<long, Attempt> Appending { get; } = [];

    public Dictionary<long, ClientRead> Reading { get; } = [];

    /// <summary>Real time between two of its ticks.</summary>
    public long TickInterval => (1_000_000 / rate) + 1;

    public bool IsRunning => Core is not null;

    public static Incarnation IncarnationOf(int process, int life) => new(new Guid(life, (short)process, 0, new byte[8]));

    public Instant Clock(long now) => new(origin + (now * rate / 1000));

    public void Start(ulong seed)
    {
        Starts++;
        Log.Load(Disk.Log);
        State.Clear();
        if (Disk.Snapshot is { } snapshot)
        {
            State.Load(snapshot.Data);
        }

        Given = SnapshotTo = State.Index;
        Core = new RaftCore(Told with { Self = Member, Seed = seed }, Disk.Open());
    }

    /// <summary>Before it is started for the first time: another kind of disk.</summary>
    public void Use(DiskMaker makeDisk) => (_makeDisk, Disk) = (makeDisk, makeDisk(Name, preload));

    /// <summary>It has taken a tick.</summary>
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
        IsPaused = IsWriting = IsFenced = false;
        Inbox.Clear();
        Incoming.SetLength(0);
        Disk.Crash(prng);
    }

    /// <summary>Another store in place of the one it had: an empty one, and with it another life.</summary>
    /// <param name="isPreloaded">With what it was preloaded with.</param>
    /// <param name="isJoining">It knows nobody, and waits to be taken in again.</param>
    public void Wipe(bool isPreloaded, bool isJoining)
    {
        _life++;
        _isJoining = isJoining;
        Member = new Member(Name, IncarnationOf(number, _life));
        Disk = _makeDisk(Name, isPreloaded ? preload : []);
    }

    /// <summary>An old copy of its store in the place of the store.</summary>
    public void Restore(SimulatedDisk copy) => Disk = copy;
}
