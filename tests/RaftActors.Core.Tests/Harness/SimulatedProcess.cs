namespace RaftActors.Core.Tests.Harness;

/// <summary>One process with a simulated disk. It has a Core only while it runs.</summary>
internal sealed class SimulatedProcess
{
    private readonly InitialState _preload;
    private SimulatedDisk _disk;
    private (InitialState Content, int Incarnation) _copy;
    private int _incarnation = 1;
    private int _incarnations = 1;
    private int _starts;

    /// <summary>The last serial that its application has applied.</summary>
    private Serial _applied;

    /// <summary>The time of its own clock. Only <see cref="Wait"/> and its ticks advance it.</summary>
    private long _microseconds = 1;

    public SimulatedProcess(CoreOptions options, InitialState initial, InitialState preload)
    {
        Options = options;
        _preload = preload;
        _disk = new SimulatedDisk(initial);
    }

    /// <summary>Raised for each effect, with the process.</summary>
    public event Action<SimulatedProcess, Effect>? Did;

    public ProcessName Name => Options.Self.Name;

    public Member Member => Options.Self with { Incarnation = IncarnationOf(_incarnation) };

    public RaftCore? Core { get; private set; }

    /// <summary>The log in its Core, which may be ahead of its disk.</summary>
    public IReadOnlyList<LogEntry> Log => Core?.Read(Core.Base.Index.Next, int.MaxValue) ?? [];

    /// <summary>The content of its disk.</summary>
    public InitialState Durable => _disk.Content;

    /// <summary>Its settings, from its next start on.</summary>
    public CoreOptions Options { get; set; }

    /// <summary>The microseconds of its own clock from one tick to the next.</summary>
    public long TickMicroseconds { get; init; } = 10_000;

    /// <summary>Its Core counts the ticks that come before the due one without a step, as in the shell.</summary>
    public bool SkipsTicks { get; set; }

    public bool IsRunning => Core is not null;

    /// <summary>Its application cannot apply the next entry.</summary>
    public bool IsHeld
    {
        get;
        set
        {
            field = value;
            Step(new Input.Held(value));
        }
    }

    public bool HasWrites => WritesUnderWay > 0;

    public int WritesUnderWay => IsRunning ? _disk.WritesUnderWay : 0;

    public static Incarnation IncarnationOf(int incarnation) => new(new Guid(incarnation, 0, 0, new byte[8]));

    /// <summary>Returns the boot of the first start with the first disk, as others record it.</summary>
    public static Boot FirstBootOf(ulong seed) => new(1, Recovery.MarkOf(SeedOf(seed, 1, 1)));

    public void Start()
    {
        _starts++;
        var state = _disk.Open();
        var seed = SeedOf(Options.Seed, _disk.TimesOpened, _incarnation);
        Core = new RaftCore(Options with { Self = Member, Seed = seed }, state);
        _applied = state.Snapshot?.Position.Serial ?? Serial.Zero;
    }

    /// <summary>Makes its boot durable; no other write is done.</summary>
    public void Boot()
    {
        Step(new Input.Persisted(default));
        FinishOneWrite();
    }

    public void Wait(long microseconds) => _microseconds += microseconds;

    public void CopyDisk() => _copy = (_disk.Content, _incarnation);

    /// <summary>Restores the disk and the incarnation of the latest <see cref="CopyDisk"/>.</summary>
    public void RestoreDisk()
    {
        Crash();
        (_incarnation, _disk) = (_copy.Incarnation, new SimulatedDisk(_copy.Content) { TimesOpened = _starts });
    }

    public void Crash()
    {
        Core = null;
        _disk.LoseWritesUnderWay();
    }

    /// <summary>Crashes, and loses entries that the disk had reported as written.</summary>
    public void LoseLast(int entries)
    {
        Crash();
        _disk.LoseLast(entries);
    }

    /// <summary>Crashes and loses the disk. The next start is a new incarnation with the preloaded pairs.</summary>
    public void Wipe()
    {
        Crash();
        _incarnation = ++_incarnations;
        _disk = new SimulatedDisk(_preload);
    }

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
            Step(new Input.Applied(_applied));
            if (SkipsTicks && Core.TicksUntilDue > 1)
            {
                Core.Skip(1);
                return;
            }
        }

        foreach (var effect in Core.Step(input, TimeSpan.FromMicroseconds(_microseconds)))
        {
            if (effect is Effect.Persist or Effect.StoreChunk or Effect.InstallSnapshot or Effect.Discard)
            {
                _disk.Write(effect);
            }

            _applied = effect switch
            {
                Effect.Commit(var entries) when !IsHeld => entries[^1].Serial,
                Effect.InstallSnapshot install => install.Snapshot.Position.Serial,
                _ => _applied,
            };
            Did?.Invoke(this, effect switch
            {
                Effect.SendChunk chunk => Filled(chunk),
                Effect.SendEntries send => new Effect.Send(send.With(ReadLog(send.First, send.Last.Index))),
                _ => effect,
            });
        }
    }

    /// <summary>Takes a snapshot up to the commit index; it is durable at once.</summary>
    public void TakeSnapshot(long length)
    {
        var snapshot = Core!.DescribeSnapshot(Core.CommitIndex, length);
        _disk.Take(snapshot);
        Step(new Input.SnapshotTaken(snapshot));
    }

    public void FinishOneWrite() => Step(new Input.Persisted(_disk.FinishOne()));

    /// <summary>Finishes all writes under way, and reports them together.</summary>
    public void FinishWrites()
    {
        var ticket = default(Ticket);
        while (HasWrites)
        {
            ticket = _disk.FinishOne();
        }

        Step(new Input.Persisted(ticket));
    }

    private LogSlice ReadLog(LogIndex first, LogIndex last) =>
        Durable.Log.Skip((int)(first.Value - Durable.Base.Index.Value - 1)).Take((int)(last.Value - first.Value + 1));

    private static ulong SeedOf(ulong seed, int timesOpened, int incarnation) => seed + (ulong)(timesOpened + (1000 * incarnation));

    private Effect.Send Filled(Effect.SendChunk effect)
    {
        var chunk = (Message.SnapshotChunk)effect.Envelope.Body;
        var data = _disk.Read(chunk.Snapshot, effect.Offset, effect.Limit);
        return new Effect.Send(effect.Envelope with { Body = chunk with { Data = data } });
    }
}
