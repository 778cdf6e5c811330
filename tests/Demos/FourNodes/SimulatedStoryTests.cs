using System.Globalization;

using RaftActors.Testing.Simulation;

namespace FourNodes.Tests;

/// <summary>The actors of the demo in virtual time: each process prints its lines of the seed in any order of messages.</summary>
[Collection(nameof(DemoPorts))]
public sealed class SimulatedStoryTests
{
    // The scenario of RAFTACTORS_STORIES seeds, which decide the order.
    private static readonly int Count = Environment.GetEnvironmentVariable("RAFTACTORS_STORIES") is { } count
        ? int.Parse(count, CultureInfo.InvariantCulture)
        : Share.Of(test: 5, ci: 10, whole: 20);

    private static readonly int[] Serials = [1, 4, 4, 0];
    private static readonly Transcript Seed = Transcript.Seed(10);

    [Fact]
    public void Each_process_prints_its_lines_of_the_seed_in_any_order_of_messages()
    {
        for (var seed = 1; seed <= Count; seed++)
        {
            var printed = Run(seed).ByProcess;
            Assert.Equal(4, printed.Count);
            foreach (var process in Seed.ByProcess)
            {
                Assert.True(
                    process.SequenceEqual(printed[process.Key]),
                    $"seed {seed}: {process.Key} printed\n{string.Join('\n', printed[process.Key])}");
            }
        }
    }

    private static Transcript Run(long seed)
    {
        var (console, printed) = (Console.Out, new StringWriter());
        Console.SetOut(printed);
        try
        {
            RaftSimulation.Run(seed, simulation =>
            {
                // Some seeds run twice.
                printed.GetStringBuilder().Clear();
                simulation
                    .Nodes(4)
                    .Actor(node => new DemoRaft("raft", Serials[node], new TaskCompletionSource<ProcessName>()), "raft")
                    .Config("raft.election-timeout { min = 1s, max = 2s }\nraft.learner.delivery = as-committed")
                    .Faults(SimulationFaults.None)
                    .For(TimeSpan.FromSeconds(5));
            });
        }
        finally
        {
            Console.SetOut(console);
        }

        return new Transcript(Enumerable.Range(1, 4).Aggregate($"{printed}", ToNode).TrimEnd('\n').Split('\n'));
    }

    // The nodes of a simulation have names of their own.
    private static string ToNode(string text, int number)
    {
        string ChecksumOf(string node) => Pid.Of(new ProcessName($"raft@{node}"))[1..9];
        return text.Replace(ChecksumOf($"n{number}"), ChecksumOf($"node{number}@localhost"));
    }
}
