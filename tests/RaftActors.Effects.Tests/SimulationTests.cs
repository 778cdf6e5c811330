using System.Globalization;

using RaftActors.Testing.Simulation;

namespace RaftActors.Effects.Tests;

/// <summary>Shops whose nodes crash, stand still and lose messages, and a receiver that refuses former leaders.</summary>
public sealed class SimulationTests
{
    private const int Orders = 25;
    private const int Names = 4;

    /// <summary>The environment variable RAFTACTORS_SEEDS is their number.</summary>
    public static IEnumerable<object[]> Seeds => RaftSimulation.Seeds(
        int.Parse(Environment.GetEnvironmentVariable("RAFTACTORS_SEEDS") ?? "6", CultureInfo.InvariantCulture));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Each_mail_is_sent_in_the_order_of_its_name_and_twice_only_around_a_change_of_leader(long seed) =>
        RaftSimulation.Run(seed, simulation =>
        {
            Receiver receiver = new();
            var asked = 0;
            RaftOutboxOptions<string> options = new() { FirstPause = TimeSpan.FromMilliseconds(200), ParallelMax = 3 };
            simulation
                .Nodes(3 + (2 * (int)(seed % 2)))
                .SetUp(raft => raft.UseJson(ShopJson.Default))
                .Actor(_ => new Shop(receiver.SendAsync, options), "shop")
                .Config("raft.snapshot { after-entries = 12, retained-entries = 4 }")
                .Clients(2, async client =>
                {
                    receiver.Choose = client.Next;
                    receiver.Delay = client.Delay;
                    await using var shop = client.CreateClient<ShopValue, object?>();
                    for (var number = 0; number < Orders; number++)
                    {
                        var order = new Order([.. Enumerable.Range(0, client.Next(3)).Select(mail => $"{client.Number}/{number}/{mail}")]);
                        Outcome<object?>? outcome = null;
                        while (outcome is not { Failure: null })
                        {
                            outcome = await shop.AppendAsync(
                                $"{client.Next(Names)}", order, requestKey: $"{client.Number}/{number}");
                        }

                        asked += order.Mails.Length;
                        await client.Delay(TimeSpan.FromMilliseconds(client.Next(600)));
                    }
                })
                .Always("no rule is broken", _ => receiver.Broken is null ? true : throw new InvalidDataException(receiver.Broken))
                .Eventually("each mail is sent and ended", view => receiver.Count == asked
                    && view.Actors<Shop>().Count() == view.Nodes
                    && view.Actors<Shop>().All(shop => shop.Kept == 0 && shop.Ended.Count == asked));
        });

    /// <summary>
    /// The world outside of the group, on the thread of the simulation. It refuses tokens below the highest one, and requests of one in
    /// eight, before it acts.
    /// </summary>
    private sealed class Receiver
    {
        private readonly HashSet<(long Number, long Token)> _received = [];
        private readonly Dictionary<string, long> _lastOfNames = [];
        private readonly HashSet<long> _mails = [];
        private readonly HashSet<string> _busy = [];
        private long _token;

        public Func<int, int> Choose { get; set; } = _ => 0;

        public Func<TimeSpan, Task> Delay { get; set; } = _ => Task.CompletedTask;

        public string? Broken { get; private set; }

        public int Count => _mails.Count;

        public async Task SendAsync(RaftEffect<string> effect, CancellationToken cancelled)
        {
            var handler = $"{effect.Token}/{effect.Name}";
            Demand(_busy.Add(handler), $"two handlers of {effect.Name} run under the token {effect.Token}");
            try
            {
                await Delay(TimeSpan.FromMilliseconds(Choose(300)));
                Receive(effect);
                await Delay(TimeSpan.FromMilliseconds(Choose(100)));
                cancelled.ThrowIfCancellationRequested();
            }
            finally
            {
                _busy.Remove(handler);
            }
        }

        private void Receive(RaftEffect<string> effect)
        {
            if (effect.Token < _token || Choose(8) == 0)
            {
                throw new InvalidOperationException("refused");
            }

            _token = effect.Token;
            Demand(_received.Add((effect.Number, effect.Token)), $"{effect} is sent again by one leader");
            if (_mails.Add(effect.Number))
            {
                Demand(_lastOfNames.GetValueOrDefault(effect.Name) < effect.Number, $"{effect} is out of order");
                _lastOfNames[effect.Name] = effect.Number;
            }
        }

        private void Demand(bool holds, string otherwise) => Broken ??= holds ? null : otherwise;
    }
}
