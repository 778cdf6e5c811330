namespace RaftActors.Core.Tests.Harness;

/// <summary>
/// The demo's four processes found their group without a tick. Each message is delivered once, in a random order. The founding must end
/// the same way each time.
/// </summary>
public sealed class FoundingOrderTests
{
    private static readonly ImmutableArray<ProcessName> Roster = [.. Enumerable.Range(1, 4).Select(i => new ProcessName($"raft{i}@x"))];

    [Fact]
    public void The_founding_ends_the_same_in_any_order_of_messages_and_writes()
    {
        foreach (var seed in Enumerable.Range(1, Share.Of(test: 100, ci: 1000, whole: 1000)))
        {
            var views = Found(new Prng((ulong)seed));

            Assert.All(views, view => Assert.Equal("raft2@x raft1@x raft3@x, leader raft2@x at 4", view.Of));
            Assert.Equal([true, true, true, false], views.Select(view => view.IsMember));
        }
    }

    private static List<(string Of, bool IsMember)> Found(Prng prng)
    {
        int[] serials = [1, 4, 4, 0];
        var network = new List<Envelope>();
        var views = serials.Select(_ => (Quorum: default(QuorumView), Leader: default(LeaderView))).ToArray();
        var processes = serials.Select((serial, i) => NewProcess(i, serial, network, views)).ToList();
        processes.ForEach(process => process.Start());
        var hints = processes.SelectMany(one => Roster.Where(name => name != one.Name).Select(name => (one, name))).ToList();
        for (var steps = 0; hints.Count + network.Count > 0 || processes.Exists(process => process.HasWrites); steps++)
        {
            Assert.InRange(steps, 0, 2000);
            var writers = processes.FindAll(process => process.HasWrites);
            var choice = prng.Between(0, hints.Count + network.Count + writers.Count - 1);
            if (choice < hints.Count)
            {
                var (one, name) = hints[choice];
                hints.RemoveAt(choice);
                one.Step(new Input.PeerReachable(name));
            }
            else if ((choice -= hints.Count) < network.Count)
            {
                var envelope = network[choice];
                network.RemoveAt(choice);
                processes.Find(process => process.Name == envelope.To.Name)!.Step(new Input.Receive(envelope));
            }
            else
            {
                writers[choice - network.Count].FinishOneWrite();
            }
        }

        return [.. views.Select(view => (Text(view.Quorum!, view.Leader!), view.Quorum!.IsMember))];
    }

    private static string Text(QuorumView quorum, LeaderView leader) =>
        $"{string.Join(' ', quorum.Members.Select(member => member.Name))}, leader {leader.Leader.Name} at {leader.Serial}";

    private static SimulatedProcess NewProcess(
        int number,
        int serial,
        List<Envelope> network,
        (QuorumView? Quorum, LeaderView? Leader)[] views)
    {
        var options = new CoreOptions
        {
            Self = new Member(Roster[number], SimulatedProcess.IncarnationOf(1)),
            Roster = Roster,
            FoundingUid = new GroupUid(new Guid(number + 1, 0, 0, new byte[8])),
            Seed = (ulong)number,
        };
        var pairs = Enumerable.Range(1, serial).Select(i => new Payload.Pair(null, $"key{i}", new byte[i]));
        var preload = InitialState.Empty with { Log = Preload.Of(pairs) };
        var process = new SimulatedProcess(options, preload, preload);
        process.Did += (_, effect) =>
        {
            switch (effect)
            {
                case Effect.Send(var envelope):
                    network.Add(envelope);
                    break;
                case Effect.QuorumChanged(var quorum):
                    Assert.Null(views[number].Quorum);
                    Assert.Null(views[number].Leader);
                    views[number].Quorum = quorum;
                    break;
                case Effect.LeaderChanged(var leader):
                    Assert.Equal(views[number].Leader is not null, leader!.IsReady);
                    views[number].Leader = leader;
                    break;
            }
        };
        return process;
    }
}
