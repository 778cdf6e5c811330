using RaftActors.Storage.Tools;

namespace DiskTrials;

/// <summary>Three nodes with a store and a notebook each, through any number of restarts.</summary>
internal sealed class Trio : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan MarkTimeout = TimeSpan.FromSeconds(8);

    private readonly string _work;
    private readonly int _firstPort;
    private readonly int _valueSize;
    private readonly string _sync;
    private readonly string[] _data;
    private readonly NodeProcess?[] _nodes = new NodeProcess?[TrialNode.Nodes];
    private readonly List<(int Node, long From, long To)> _unheard = [];
    private int _runs;
    private int _marks;

    /// <param name="work">A folder outside of the failing disks.</param>
    /// <param name="sync">The sync policy. Other values than <c>always</c> serve to see a trial fail.</param>
    /// <param name="dataOf">The store of a node, by its number from 1.</param>
    public Trio(string work, int firstPort, int valueSize, string sync, Func<int, string> dataOf)
    {
        (_work, _firstPort, _valueSize, _sync) = (work, firstPort, valueSize, sync);
        _data = [.. Enumerable.Range(1, TrialNode.Nodes).Select(dataOf)];
        Directory.CreateDirectory(work);
    }

    public static IEnumerable<int> Numbers => Enumerable.Range(1, TrialNode.Nodes);

    public NodeProcess this[int number] => _nodes[number - 1] ?? throw new InvalidOperationException($"Node {number} does not run.");

    /// <summary>The number of acknowledged Appends that the last check looked for.</summary>
    public int AcknowledgedCount { get; private set; }

    public void StartAll()
    {
        foreach (var number in Numbers)
        {
            Start(number);
        }
    }

    public void Start(int number, IReadOnlyDictionary<string, string>? environment = null)
    {
        _nodes[number - 1]?.Dispose();
        var run = $"{++_runs}";
        string[] arguments =
        [
            DiskProgram.Name, "node", "--number", $"{number}", "--port", $"{_firstPort}", "--data", _data[number - 1],
            "--notes", NotesOf(number), "--run", run, "--value-size", $"{_valueSize}", "--sync", _sync,
        ];
        _nodes[number - 1] = NodeProcess.Start([TrialProgram.Path, .. arguments], environment ?? new Dictionary<string, string>());
    }

    public void Kill(int number) => this[number].Kill();

    public void KillAll()
    {
        foreach (var node in _nodes)
        {
            node?.Kill();
        }
    }

    /// <summary>
    /// Cuts the power of these disks, and kills their nodes. A shut-down disk is not a stopped machine: an interrupted sync may
    /// report success (observed on ext4), and a running process may acknowledge it. So Appends acknowledged after the last moment at
    /// which all disks were surely writable do not count.
    /// </summary>
    public void Dying(IReadOnlyCollection<string> disks, Action cut, Action kill)
    {
        var cutting = Task.Run(cut);
        var before = LengthsOfNotes();
        for (var now = before; !cutting.IsCompleted && disks.All(CanWrite); now = LengthsOfNotes())
        {
            before = now;
        }

        cutting.Wait();
        kill();
        var after = LengthsOfNotes();
        foreach (var number in Numbers)
        {
            _unheard.Add((number, before[number - 1], after[number - 1]));
        }
    }

    public void Load(bool isOn, params IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            this[number].Tell(isOn ? "load on" : "load off");
        }
    }

    /// <summary>Waits until these nodes together have this many more acknowledged Appends than now.</summary>
    public async Task More(long count, params int[] numbers)
    {
        var end = numbers.Sum(number => this[number].Acknowledged) + count;
        await Poll.Until(
            () => numbers.Sum(number => this[number].Acknowledged) >= end,
            () => $"nodes {string.Join(' ', numbers)} have not {count} more Appends acknowledged",
            WaitMax);
    }

    /// <summary>Waits until one of these nodes reports a leader.</summary>
    public async Task<int> Leader(params int[] numbers)
    {
        var name = await Poll.Until(
            () => Task.FromResult(numbers.Select(number => this[number].Leader).FirstOrDefault(name => name != "none")),
            () => "nobody leads",
            WaitMax);
        return name["raft".Length] - '0';
    }

    public async Task<string> Says(int number, string text) =>
        await this[number].Line(line => line.Contains(text, StringComparison.Ordinal), WaitMax)
            ?? throw new TrialFailure($"node {number} has not said '{text}' in {WaitMax.TotalSeconds} s");

    /// <summary>Waits for the first line of any node that contains a text.</summary>
    public async Task<string> AnySays(string text) => await await Task.WhenAny(Numbers.Select(number => Says(number, text)));

    /// <summary>The last serial on the disk of a stopped node. 0: no log can be read.</summary>
    public long SerialOnDisk(int number)
    {
        try
        {
            return LogVerify.Check(_data[number - 1]).Stores is [var store] ? store.Last.Serial.Value : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The highest serial acknowledged to any node.</summary>
    public long LastAcknowledged() => Acknowledged().Max(line => long.Parse(line.Split(' ')[0]));

    /// <summary>
    /// Ends the load. Asserts that every acknowledged pair is on these nodes, at its serial, once, and that the nodes are equal.
    /// </summary>
    /// <returns>The number of pairs on each node.</returns>
    public async Task<int> Check(params int[] numbers)
    {
        Load(false, numbers);
        var acknowledged = Acknowledged().ToList();
        AcknowledgedCount = acknowledged.Count;
        var serial = await Mark(numbers);
        List<string>? first = null;
        foreach (var number in numbers)
        {
            var log = await Dump(number, serial);
            first ??= log;
            LogCheck.Compare(number, log, first, acknowledged);
        }

        return first!.Count;
    }

    /// <summary>The last lines of a node.</summary>
    public string Tail(int number) => _nodes[number - 1]?.Tail(25) ?? "";

    public void Dispose()
    {
        foreach (var node in _nodes)
        {
            node?.Dispose();
        }
    }

    /// <summary>Every complete line of a notebook: serial and key. A kill may have cut the last line.</summary>
    private IEnumerable<string> Acknowledged() => Numbers.Where(number => File.Exists(NotesOf(number))).SelectMany(WholeLines);

    private IEnumerable<string> WholeLines(int number)
    {
        using var stream = new FileStream(NotesOf(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var text = new StreamReader(stream).ReadToEnd(); // One byte is one character here.
        var place = 0L;
        foreach (var line in text[..(text.LastIndexOf('\n') + 1)].Split('\n'))
        {
            var isHeard = !_unheard.Exists(span => span.Node == number && place >= span.From && place < span.To);
            place += line.Length + 1;
            if (line.Length > 0 && isHeard)
            {
                yield return line;
            }
        }
    }

    private long[] LengthsOfNotes() =>
        [.. Numbers.Select(NotesOf).Select(notes => File.Exists(notes) ? new FileInfo(notes).Length : 0)];

    private static bool CanWrite(string disk)
    {
        try
        {
            File.WriteAllText(Path.Combine(disk, "probe"), "");
            using var probe = new FileStream(Path.Combine(disk, "probe"), FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            probe.WriteByte(1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<long> Mark(int[] numbers)
    {
        var since = DateTime.UtcNow;
        while (DateTime.UtcNow - since < WaitMax)
        {
            foreach (var number in numbers)
            {
                var key = $"mark-{++_marks}";
                this[number].Tell($"mark {key}");
                var answer = await this[number].Line(line => line.Contains($"marked {key}", StringComparison.Ordinal), MarkTimeout);
                if (answer?.Split(' ') is ["@marked", _, var serial])
                {
                    return long.Parse(serial);
                }
            }
        }

        throw new TrialFailure($"no Append came through in {WaitMax.TotalSeconds} s");
    }

    private async Task<List<string>> Dump(int number, long serial)
    {
        var file = Path.Combine(_work, $"dump{number}.{_marks}");
        this[number].Tell($"dump {file} {serial}");
        if (await this[number].Line(line => line == $"@dumped {file}", WaitMax) is null)
        {
            throw new TrialFailure($"node {number} has not come as far as serial {serial} in {WaitMax.TotalSeconds} s");
        }

        return [.. File.ReadAllLines(file)];
    }

    private string NotesOf(int number) => Path.Combine(_work, $"notes{number}");
}
