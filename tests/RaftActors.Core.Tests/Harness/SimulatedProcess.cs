namespace RaftActors.Core.Tests.Harness;

/// <summary>One process over a simulated disk: its core while it runs, its disk always.</summary>
internal sealed class SimulatedProcess
{
    private readonly CoreOptions _options;
    private readonly InitialState _preload;
    private SimulatedDisk _disk;
    private (InitialState Content, int Life) _copy;
    private int _life = 1;
    private int _lives = 1;
    private int _starts;

    /// <summary>Of its own clock, which only it and its ticks move; of no meaning to anybody else.</summary>
    private long _microseconds = 1;

    public SimulatedProcess(CoreOptions options, InitialState initial, InitialState preload)
    {
        _options = options;
        _preload = preload;
        _disk = new SimulatedDisk(initial);
    }

    /// <summary>Where effects go, as (process, effect).</summary>
    public event Action<SimulatedProcess, Effect>? Did;

    public ProcessName Name => _options.Self.Name;

    public Member Member => _options.Self with { Incarnation = IncarnationOf(_life) };

    public RaftCore? Core { get; private set; }

    /// <summary>What its core has in memory, which the disk may not have yet.</summary>
    public IReadOnlyList<LogEntry> Log => Core?.Read(Core.Base.Index.Next, int.MaxValue) ?? [];

    /// <summary>What its disk has.</summary>
    public InitialState Durable => _disk.Content;

    /// <summary>What its clock shows to have gone by from one tick to the next.</summary>
    public long TickMicroseconds { get; init; } = 10_000;

    public bool IsRunning => Core is not null;

    public bool HasWrites => WritesUnderWay > 0;

    public int WritesUnderWay => IsRunning ? _disk.WritesUnderWay : 0;

    public static Incarnation IncarnationOf(int life) => new(new Guid(life, 0, 0, new byte[8]));

    /// <summary>The first start over the first disk, as others record it when they hear of it.</summary>
    public static Boot FirstBootOf(ulong seed) => new(1, RaftCore.MarkOf(SeedOf(seed, 1, 1)));

    public void Start()
    {
        _starts++;
        var state = _disk.Open();
        Core = new RaftCore(_options with { Self = Member, Seed = SeedOf(_options.Seed, _disk.TimesOpened, _life) }, state);
    }

    /// <summary>Has it write down that it started; nothing else happens.</summary>
    public void Boot()
    {
        Step(new Input.Persisted(default));
        FinishOneWrite();
    }

    public void Wait(long microseconds) => _microseconds += microseconds;

    public void CopyDisk() => _copy = (_disk.Content, _life);

    /// <summary>Its disk is again what it was when it was copied, and so is its incarnation.</summary>
    public void RestoreDisk()
    {
        Crash();
        (_life, _disk) = (_copy.Life, new SimulatedDisk(_copy.Content) { TimesOpened = _starts });
    }

    public void Crash()
    {
        Core = null;
        _disk.LoseWhatIsUnderWay();
    }

    /// <summary>A crash in which it loses entries that the disk had said to have written.</summary>
    public void ForgetLast(int entries)
    {
        Crash();
        _disk.ForgetLast(entries);
    }

    /// <summary>Loses the disk too: what starts next is another incarnation, with what it was preloaded with.</summary>
    public void Wipe()
    {
        Crash();
        _life = ++_lives;
        _disk = new SimulatedDisk(_preload);
    }

    /// <summary>Changes the value of a pair on its disk.</summary>
    public void Corrupt(LogIndex index) => _disk.Corrupt(index);

    public void Step(Input input)
    {
        if (Core is null)
        {
            return;
        }

        if (input is Input.Tick)
        {
            Wait(TickMicroseconds);
        }

        foreach (var effect in Core.Step(input, new Instant(_microseconds)))
        {
            if (effect is Effect.Persist or Effect.StoreChunk or Effect.InstallSnapshot or Effect.Discard)
            {
                _disk.Write(effect);
            }

            Did?.Invoke(this, effect is Effect.SendChunk chunk ? Filled(chunk) : effect);
        }
    }

    /// <summary>The application makes a snapshot of all that is committed, and it is durable at once.</summary>
    public void TakeSnapshot(long length)
    {
        var snapshot = Core!.DescribeSnapshot(Core.CommitIndex, length);
        _disk.Take(snapshot);
        Step(new Input.SnapshotTaken(snapshot));
    }

    public void FinishOneWrite() => Step(new Input.Persisted(_disk.FinishOne()));

    private static ulong SeedOf(ulong seed, int timesOpened, int life) => seed + (ulong)(timesOpened + (1000 * life));

    private Effect.Send Filled(Effect.SendChunk effect)
    {
        var chunk = (Message.SnapshotChunk)effect.Envelope.Body;
        var data = _disk.Read(chunk.Snapshot, effect.Offset, effect.Limit);
        return new Effect.Send(effect.Envelope with { Body = chunk with { Data = data } });
    }
}
