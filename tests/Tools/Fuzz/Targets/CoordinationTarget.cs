using System.Text.Json;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.State;

namespace RaftActors.Fuzz.Targets;

/// <summary>
/// The log of the coordination group, and the questions of readers. Each line is a step: who appends or asks, a name and JSON, or the
/// reminder that a pair tells. All commands are applied, also those that have no place in the log, because a pair that is there must stop
/// no process.
/// </summary>
internal sealed class CoordinationTarget : Target
{
    private const char Asks = '?';
    private const char Tells = '!';

    private static readonly Guid[] Clients = [.. Enumerable.Range(1, 2).Select(number => new Guid(number, 0, 0, new byte[8]))];

    public override string Name => "coordination";

    public override string Reads => "CoordinationState and Replica: commands, questions, reminders and snapshots";

    public override int BytesMin => 4 << 20;

    public override int BytesPerByte => 4096;

    public override IReadOnlyList<byte[]> Words { get; } = TextWords.Of(
        "\n", "\0", "0", "1", "2", "?", "null", "9223372036854775807", "-1", "\"Session\":", "\"Claim\":", "\"Prefix\":null",
        "1.00:00:00", "365.00:00:00", "{\"$\":\"close\",\"Session\":1}", "!session/1", "!item/a");

    public override IEnumerable<byte[]> Seeds()
    {
        Command[] commands =
        [
            new Command.Open(TimeSpan.FromSeconds(1)), new Command.Renew(1), new Command.Acquire(1, 1, 1, true, "text"),
            new Command.Acquire(1, 2, 1, true, null), new Command.Release(1, 1), new Command.Put("1", null, 1, TimeSpan.FromSeconds(1)),
            new Command.Add(5), new Command.Delete(7), new Command.Close(1),
        ];
        Question[] questions =
        [
            new Question.OfClaim("a", 1, 2), new Question.OfLock("a", [3]), new Question.OfItem("a"), new Question.OfChanges("", 9),
            new Question.OfOverview(null), new Question.OfOverview("a"),
        ];
        var log = commands.Select(each => $"1a\0{JsonSerializer.Serialize(each, CoordinationJson.Default.Command)}").ToArray();
        var asked = questions.Select(each => $"{Asks}a\0{Encoding.UTF8.GetString(CoordinationJson.ToBytes(each))}").ToArray();
        return
        [
            .. log.Concat(asked).Select(Encoding.UTF8.GetBytes),
            Encoding.UTF8.GetBytes(string.Join('\n', log)),
            Encoding.UTF8.GetBytes($"{log[0]}\n{log[5]}\n{Tells}item/a\n{Tells}session/1\n{Tells}session/1"),
            .. Enumerable.Range(1, log.Length).Select(count => Encoding.UTF8.GetBytes(string.Join('\n', log.Take(count).Concat(asked)))),
        ];
    }

    public override object Read(byte[] input)
    {
        var (left, serial, now, read) = (new Dictionary<string, TimeSpan>(), 0L, TimeSpan.Zero, new List<object>());
        var replica = new Replica(Set, changesMax: 4);
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n').Where(line => line.Length > 0))
        {
            var (name, json) = line.IndexOf('\0') is > 0 and var at ? (line[1..at], line[(at + 1)..]) : ("", line[1..]);
            try
            {
                read.Add(line[0] switch
                {
                    Asks => Ask(replica, CoordinationJson.ToQuestion(Encoding.UTF8.GetBytes(json)), now, read, left),
                    Tells => Tell(line[1..]),
                    _ => Apply(replica, name, json, ++serial, ClientOf(line[0])),
                });
            }
            catch (Exception e) when (e is JsonException or NotSupportedException or InvalidDataException)
            {
                // The boundary of the group refuses the line. A JSON object without a kind is "not supported".
            }

            now += Replica.WaitMax / 4;
            replica.Check(now);
            replica.State.Check();
        }

        return read.Count > 0 ? new Outcome(replica.State, read) : throw new InvalidDataException("No line was read.");

        // Only the pair of a reminder that is set reaches the replica.
        string Tell(string reminder)
        {
            serial++;
            if (left.Remove(reminder))
            {
                replica.Expire(reminder, serial);
            }

            return reminder;
        }

        void Set(string name, TimeSpan? after)
        {
            left.Remove(name);
            if (after is { } time)
            {
                left.Add(name, time);
            }
        }
    }

    public override string ShapeOf(object read) =>
        string.Join(' ', ((Outcome)read).Read.Select(each => each.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    public override void Check(object read)
    {
        var image = Bytes(((Outcome)read).State);
        var again = CoordinationState.Of(JsonSerializer.Deserialize(image, CoordinationJson.Default.CoordinationImage)!, changesMax: 4);
        DemandEqual(Encoding.UTF8.GetString(image), Encoding.UTF8.GetString(Bytes(again)), "A state changes in its snapshot");
    }

    public override bool IsRefusal(Exception e) => e is InvalidDataException;

    // As the actor of the group does.
    private static object Ask(Replica replica, Question question, TimeSpan now, List<object> read, Dictionary<string, TimeSpan> left)
    {
        var answer = question is Question.OfOverview overview
            ? replica.Describe("a", overview, left)
            : replica.Ask(question, now, later => read.Add(CoordinationJson.ToBytes(later)));
        return answer is null ? question : CoordinationJson.ToBytes(answer);
    }

    private static Answer Apply(Replica replica, string name, string json, long serial, Guid? client)
    {
        var command = JsonSerializer.Deserialize(json, CoordinationJson.Default.Command);
        var fault = CoordinationState.FindFault(name, command);
        var answer = replica.Apply(name, command, serial, client);
        DemandEqual(fault, fault is null ? null : (answer as Answer.Refused)?.Why, "A command without a place in the log has an effect");
        return answer;
    }

    private static Guid? ClientOf(char who) => who == '0' ? null : Clients[who % Clients.Length];

    private static byte[] Bytes(CoordinationState state) =>
        JsonSerializer.SerializeToUtf8Bytes(state.ToImage(), CoordinationJson.Default.CoordinationImage);

    private sealed record Outcome(CoordinationState State, List<object> Read);
}
