using Akka.Actor;

using RaftActors;

namespace DiskTrials;

/// <summary>
/// A raft actor that makes its own load. It notes each acknowledged Append durably, on another disk, before it counts the Append. All
/// noted Appends must be found later, whatever happened to the disks.
/// </summary>
internal sealed class TrialActor : RaftActor<string>, IWithTimers
{
    private const int Window = 32;
    private const int Report = 25;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<RequestRef, string> _keys = [];
    private readonly SortedDictionary<long, string> _log = [];
    private readonly List<(string File, long Serial)> _dumps = [];
    private readonly HashSet<string> _refusals = [];
    private readonly StreamWriter _notes;
    private readonly string _prefix;
    private readonly string _value;
    private long _sent;
    private long _acknowledged;
    private bool _isLoaded;

    /// <param name="prefix">Unique for each run of each process, so that no two Appends have the same key.</param>
    public TrialActor(string name, string prefix, string notes, int valueSize)
        : base(new() { Name = name })
    {
        _prefix = prefix;
        _value = new string('v', valueSize);
        _notes = new StreamWriter(new FileStream(notes, FileMode.Append, FileAccess.Write, FileShare.Read));
        Receive<string>(line => Obey(line.Split(' ')));
        Receive<Outcome<object?>>(OnEnded);
        Receive<More>(_ => AppendMore());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override object? HandleAppend(Entry<string> entry)
    {
        if (!_log.TryAdd(entry.Serial.Value, entry.Key))
        {
            Say($"twice {entry.Serial}");
        }

        DumpWhatIsDue();
        return null;
    }

    protected override void HandleLeader(Leader? leader) => Say(leader is null ? "leader none" : $"leader {leader.Name} {leader.Term}");

    private void Obey(string[] words)
    {
        switch (words)
        {
            case ["load", var onOff]:
                _isLoaded = onOff == "on";
                AppendMore();
                break;
            case ["mark", var key]:
                Append(key);
                break;
            case ["dump", var file, var serial]:
                _dumps.Add((file, long.Parse(serial)));
                DumpWhatIsDue();
                break;
            case ["status"]:
                Say($"status {Raft.Status}");
                break;
        }
    }

    private void AppendMore()
    {
        while (_isLoaded && _keys.Count < Window)
        {
            Append($"{_prefix}-{++_sent}");
        }
    }

    private void Append(string key) => _keys.Add(Raft.Append(key, _value, replyTo: Self), key);

    private void OnEnded(Outcome<object?> outcome)
    {
        if (outcome.Failure is { Kind: FailureKind.NotDone } refused && _refusals.Add(refused.Detail))
        {
            Say($"refused {refused.Detail}");
        }

        Ended(outcome.Request, outcome.Failure is null ? outcome.Serial.Value : null);
    }

    private void Ended(RequestRef request, long? serial)
    {
        if (!_keys.Remove(request, out var key))
        {
            return;
        }

        if (serial is null)
        {
            if (key.StartsWith("mark", StringComparison.Ordinal))
            {
                Say($"unmarked {key}");
            }

            Timers.StartSingleTimer(nameof(More), More.Instance, Pause);
            return;
        }

        _notes.WriteLine($"{serial} {key}");
        _notes.Flush();
        ((FileStream)_notes.BaseStream).Flush(flushToDisk: true);
        if (key.StartsWith("mark", StringComparison.Ordinal))
        {
            Say($"marked {key} {serial}");
        }
        else if (++_acknowledged % Report == 0)
        {
            Say($"acknowledged {_acknowledged}");
        }

        AppendMore();
    }

    private void DumpWhatIsDue()
    {
        foreach (var (file, serial) in _dumps.Where(dump => _log.Count >= dump.Serial).ToList())
        {
            File.WriteAllLines(file + ".part", _log.TakeWhile(pair => pair.Key <= serial).Select(pair => $"{pair.Key} {pair.Value}"));
            File.Move(file + ".part", file, overwrite: true);
            _dumps.Remove((file, serial));
            Say($"dumped {file}");
        }
    }

    // Lines with this prefix are for the program that started this one. All other lines on standard output are the log of the node.
    private static void Say(string line) => Console.Out.WriteLine($"@{line}");

    private sealed record More
    {
        public static More Instance { get; } = new();
    }
}
