using System.Diagnostics;

using KeyValueTrials.Load;
using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>How long the calls of one client take when nothing fails.</summary>
internal static class LatencyTrials
{
    private const int WarmUp = 300;
    private const int Calls = 2000;

    /// <summary>Measures a PUT and a GET of each consistency, one after the other, at the leader and at another node.</summary>
    public static async Task<string> Quiet(TrialScope trial)
    {
        var cluster = Cluster.On(trial, 3, groups: 1);
        await cluster.StartNodes();
        var leader = await cluster.Leader();
        var results = new List<string>();
        foreach (var (place, node) in new[] { ("leader", leader), ("another node", cluster.Nodes.First(node => node != leader)) })
        {
            using var client = new NodeClient(node, network: "");
            var session = Session.Empty;
            var put = await Measure(trial, async (number, began) =>
            {
                var call = new WriteCall("client 1", "k", $"value{number}", Condition: null, began);
                var answer = await client.Write(call, repeatKey: null, session, Cluster.RequestLimit);
                session = answer.Session ?? session;
                return answer.End == WriteEnd.Committed;
            });
            results.Add($"{place}: PUT {put}");
            foreach (var level in Enum.GetValues<Level>())
            {
                var get = await Measure(trial, async (_, _) => await client.Read("k", level, session, Cluster.RequestLimit) is not null);
                results.Add($"{level} {get}".ToLowerInvariant());
            }
        }

        return $"p50/p99 in ms of {Calls * trial.Rounds(1)} calls each, at the {string.Join(", ", results)}";
    }

    private static async Task<string> Measure(TrialScope trial, Func<int, long, Task<bool>> call)
    {
        var times = new List<double>();
        for (var number = 0; number < WarmUp + (Calls * trial.Rounds(1)); number++)
        {
            var began = Stopwatch.GetTimestamp();
            if (!await call(number, began))
            {
                throw new TrialFailure("a call was not answered with success, though nothing failed");
            }

            if (number >= WarmUp)
            {
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        times.Sort();
        return $"{times[times.Count / 2]:0.00}/{times[times.Count * 99 / 100]:0.0}";
    }
}
