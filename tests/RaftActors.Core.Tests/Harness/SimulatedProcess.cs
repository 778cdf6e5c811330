namespace RaftActors.Core.Tests.Harness;

/// <summary>One process over a simulated disk: its core while it runs, its disk always.</summary>
internal sealed class SimulatedProcess
{
    private readonly CoreOptions _options;
    private readonly InitialState _preload;
    private SimulatedDisk _disk;
    private int _life = 1;

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
    public IReadOnlyList<LogEntry> Log => Core?.Read(new LogIndex(1), int.MaxValue) ?? [];

    /// <summary>What its disk has.</summary>
    public InitialState Durable => _disk.Content;

    public bool IsRunning => Core is not null;

    public bool HasWrites => IsRunning && !_disk.IsIdle;

    public static Incarnation IncarnationOf(int life) => new(new Guid(life, 0, 0, new byte[8]));

    public void Start()
    {
        var state = _disk.Open();
        var seed = _options.Seed + (ulong)(_disk.TimesOpened + (1000 * _life));
        Core = new RaftCore(_options with { Self = Member, Seed = seed }, state);
    }

    public void Crash()
    {
        Core = null;
        _disk.LoseWhatIsUnderWay();
    }

    /// <summary>Loses the disk too: what starts next is another incarnation, with what it was preloaded with.</summary>
    public void Wipe()
    {
        Crash();
        _life++;
        _disk = new SimulatedDisk(_preload);
    }

    public void Step(Input input)
    {
        if (Core is null)
        {
            return;
        }

        foreach (var effect in Core.Step(input))
        {
            if (effect is Effect.Persist write)
            {
                _disk.Write(write);
            }

            Did?.Invoke(this, effect);
        }
    }

    public void FinishOneWrite() => Step(new Input.Persisted(_disk.FinishOne()));
}
