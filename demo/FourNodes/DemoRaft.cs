using System.Text;

using Akka.Actor;

using RaftActors;

namespace FourNodes;

/// <summary>The raft actor of the scenario: keeps delivered pairs, fetches missing ones, and prints its callbacks.</summary>
internal sealed class DemoRaft : RaftActor<string>, IWithTimers
{
    private readonly TaskCompletionSource<ProcessName> _started;
    private readonly SortedDictionary<Serial, Entry<string>> _storage = [];
    private Leader? _leader;

    /// <param name="serial">The number of preloaded pairs: key1 and value1, and so on.</param>
    /// <param name="started">Receives the name of the process when the actor has started.</param>
    public DemoRaft(string process, int serial, TaskCompletionSource<ProcessName> started)
        : base(new() { Name = process, Preload = [.. Pairs(serial)] })
    {
        _started = started;
        foreach (var (key, value) in Pairs(serial))
        {
            var next = new Serial(_storage.Count + 1);
            _storage[next] = new Entry<string>(next, key, value);
        }

        Receive<AppendNow>(append => Group.Append(append.Key, append.Value));
        Receive<TypedLine>(typed => Answer(typed.Line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => _started.TrySetResult(Group.Self);

    protected override void HandleQuorum(Quorum? quorum)
    {
        switch (quorum)
        {
            case null:
                Print("Quorum lost");
                break;
            case { IsMember: true }:
                Print($"Quorum built - State: {quorum.Members.Length} Quorum member: true");
                break;
            default:
                Print(
                    $"Quorum built - State: {quorum.Members.Length} Quorum member: false",
                    "    since I'm not a quorum member, I won't receive any information about elected leader");
                Timers.StartSingleTimer(nameof(AppendNow), new AppendNow("key100", "value100"), TimeSpan.FromMilliseconds(500));
                break;
        }
    }

    // A second call for the same term reports that the leader is ready. It prints nothing.
    protected override void HandleLeader(Leader? leader)
    {
        if (leader is null || leader.Term != _leader?.Term)
        {
            Print(leader switch
            {
                null => "Leader lost",
                { IsSelf: true } => "I'm a leader of this quorum",
                _ => $"Leader elected: {Pid.Of(leader.Name)} with serial {leader.Serial}",
            });
        }

        _leader = leader;
    }

    // Makes each request while its line is printed, so that no answer can be printed above the line.
    protected override void HandleMissing(SerialRange gap)
    {
        if (Group.Quorum is { IsMember: true })
        {
            var requests = gap.Select(serial => $"    requested missing serial to the cluster: {serial}  id: {Get(serial)}");
            Print(requests.Prepend($"Missing serials: {gap}"));
        }
        else
        {
            Print(gap.Select(serial => $"Missing serial: {serial}  requested missing serial to the cluster. id {Get(serial)}"));
        }
    }

    protected override Entry<string>? HandleGet(Serial serial)
    {
        Print($"Received request for serial {serial}");
        return _storage.GetValueOrDefault(serial);
    }

    protected override void HandleSerial(Entry<string> entry)
    {
        _storage[entry.Serial] = entry;
        Print($"Received requested serial {entry.Serial} with key {entry.Key} and value {entry.Value}");
    }

    protected override object? HandleAppend(Entry<string> entry)
    {
        _storage[entry.Serial] = entry;
        Print($"Received append request with serial {entry.Serial}, key \"{entry.Key}\" and value \"{entry.Value}\"");
        return null;
    }

    protected override void HandleCancel(CanceledCall call) => Print($"Cancelled {Pid.Of(call.Request)}: {call.Failure.Detail}");

    private string Get(Serial serial) => Pid.Of(Group.Get(serial));

    private void Answer(string[] words) => Print(words switch
    {
        ["append", var key, .. { Length: > 0 } value] => $"Appending, id {Pid.Of(Group.Append(key, string.Join(' ', value)))}",
        ["get", var text] when long.TryParse(text, out var serial) && _storage.TryGetValue(new(serial), out var entry) =>
            $"Serial {serial} is {entry.Key}={entry.Value}",
        ["get", var text] => $"Serial {text} is not here",
        ["status"] => $"Status: {Group.Status}",
        _ => "Type 'append KEY VALUE', 'get SERIAL' or 'status'",
    });

    private void Print(params IEnumerable<string> lines) => Terminal.Print(lines.Select(line => $"{Pid.Of(Group.Self)} {line}"));

    private static IEnumerable<(string Key, string Value)> Pairs(int count) =>
        Enumerable.Range(1, count).Select(n => ($"key{n}", $"value{n}"));

    /// <summary>A line that the user typed.</summary>
    internal sealed record TypedLine(string Line);

    private sealed record AppendNow(string Key, string Value);
}

/// <summary>
/// The short forms that Ergo prints: <c>&lt;1B30E9C5.0.1008&gt;</c> for a process, and <c>Ref#&lt;1B30E9C5.138519.23452.0&gt;</c> for a
/// request. Both begin with a checksum of the node's name.
/// </summary>
internal static class Pid
{
    // The reflected polynomial of CRC-32Q. Initial value: all ones. Result: complemented. This gives the checksums that Ergo prints.
    private const uint Polynomial = 0xD5828281;

    public static string Of(ProcessName name) => $"<{Checksum(name.Node):X8}.0.1008>";

    /// <summary>The number of the request, two octets of its store's incarnation, and the number of the start on that store.</summary>
    public static string Of(RequestRef request)
    {
        var life = BitConverter.ToUInt16(request.Incarnation.Value.ToByteArray());
        return $"Ref#<{Checksum(request.Origin.Node):X8}.{(uint)request.Number}.{life}.{request.Number >> 32}>";
    }

    private static uint Checksum(string node) => ~Encoding.UTF8.GetBytes(node).Aggregate(uint.MaxValue, (sum, octet) =>
        Enumerable.Range(0, 8).Aggregate(sum ^ octet, (crc, _) => (crc >> 1) ^ ((crc & 1) * Polynomial)));
}
