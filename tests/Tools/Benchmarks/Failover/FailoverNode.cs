using System.Text;

namespace RaftActors.Benchmarks.Failover;

/// <summary>
/// A child process with one node. It ends with its input, and writes its events with their times by the monotonic clock of the machine:
/// <c>leads TERM TIME</c>, <c>follows TERM TIME</c>, <c>committed TERM TIME</c> for the first pair of a leader, and
/// <c>applied TERM TIME</c> for that pair on the others.
/// </summary>
internal static class FailoverNode
{
    public const string Verb = "failover-node";

    /// <param name="arguments">Settings as HOCON, the ports of all nodes, the one of this node, and the folder of the store.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var system = NodeSystem.Create(arguments[0], arguments[2], arguments[1].Split(','), arguments[3]);
        system.ActorOf(Akka.Actor.Props.Create(() => new Electing()), "raft");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        return 0;
    }

    /// <summary>Each new leader appends a pair with its term.</summary>
    private sealed class Electing : RaftActor<byte[]>
    {
        private long _led;

        protected override object? HandleAppend(Entry<byte[]> entry)
        {
            var term = Encoding.UTF8.GetString(entry.Value ?? []);
            Write(term == $"{_led}" ? "committed" : "applied", term);
            return null;
        }

        protected override void HandleLeader(RaftActors.Leader? leader)
        {
            if (leader is null || leader.Term == _led)
            {
                return;
            }

            var term = $"{leader.Term}";
            Write(leader.IsSelf ? "leads" : "follows", term);
            if (leader.IsSelf)
            {
                _led = leader.Term;
                Group.Append("first", Encoding.UTF8.GetBytes(term));
            }
        }

        private static void Write(string what, string term) => Console.WriteLine($"{what} {term} {Stopwatch.GetTimestamp()}");
    }
}
