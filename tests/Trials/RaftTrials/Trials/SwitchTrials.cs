using System.Net.Sockets;

namespace RaftTrials.Trials;

/// <summary>Tests the network of the other trials: datagrams between two hosts, under each kind of rule.</summary>
internal static class SwitchTrials
{
    private const int Port = 2551;
    private const int Count = 1000;

    // Fewer than each queue on the way holds.
    private const int AtATime = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    public static async Task<string> Control(Trial trial)
    {
        var network = await trial.Hosts(2);
        using var one = SocketOf(network.Host(1));
        using var two = SocketOf(network.Host(2));
        var first = 0;

        Demand("without rules", InOrder, await Arrivals(new()));
        Demand("back without rules", InOrder, await Arrivals(new(), isBack: true));
        Demand("in the direction that is cut", None, await Arrivals(new([(1, 2)])));
        Demand("in the other direction", InOrder, await Arrivals(new([(1, 2)]), isBack: true));
        Demand("with both directions cut", None, await Arrivals(Rules.Split([1], [2])));
        Demand("back with both directions cut", None, await Arrivals(Rules.Split([1], [2]), isBack: true));
        var lossy = await Arrivals(new(Loss: 0.2));
        Demand("at a loss of 20 %", numbers => numbers.Count is > Count * 2 / 3 and < Count * 7 / 8, lossy);
        var repeated = await Arrivals(new(Repeated: 0.1));
        Demand("with 10 % repeated", numbers => numbers.Count is > Count * 21 / 20 and < Count * 6 / 5, repeated);
        var delayed = await Arrivals(new(DelayMs: 60, JitterMs: 30));
        Demand("with delays", numbers => InOrder([.. numbers.Order()]) && !InOrder(numbers), delayed);

        return $"of {Count} datagrams to the other host all came, in order; none through a cut, but all in the other direction; "
            + $"{lossy.Count} at a loss of 20 %; {repeated.Count} with 10 % repeated; all in another order with jitter";

        // The numbers of the datagrams that came, from 0.
        async Task<List<int>> Arrivals(Rules rules, bool isBack = false)
        {
            var (from, to, target) = isBack ? (two, one, network.Host(1)) : (one, two, network.Host(2));
            network.Rule(rules);
            List<int> arrived = [];
            for (var number = 0; number < Count; number++)
            {
                from.SendTo(BitConverter.GetBytes(first + number), new IPEndPoint(IPAddress.Parse(target.Address), Port));
                for (var sent = Stopwatch.GetTimestamp(); number % AtATime == 0 && Stopwatch.GetElapsedTime(sent) < Pause
                    && arrived.Count <= number; await Task.Delay(1))
                {
                    Receive(to, arrived);
                }
            }

            for (var (last, known) = (Stopwatch.GetTimestamp(), 0); Stopwatch.GetElapsedTime(last) < Silence; await Task.Delay(10))
            {
                Receive(to, arrived);
                (last, known) = known == arrived.Count ? (last, known) : (Stopwatch.GetTimestamp(), arrived.Count);
            }

            first += Count;
            return arrived;
        }

        void Receive(Socket socket, List<int> arrived)
        {
            var datagram = new byte[sizeof(int)];
            while (socket.Available > 0)
            {
                socket.Receive(datagram);

                // Otherwise it is a late one of an earlier rule.
                if (BitConverter.ToInt32(datagram) - first is var number and >= 0)
                {
                    arrived.Add(number);
                }
            }
        }
    }

    private static Socket SocketOf(Host host) => NetworkNamespace.CreateIn(host.Namespace, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        return socket;
    });

    private static bool InOrder(List<int> numbers) => numbers.SequenceEqual(Enumerable.Range(0, Count));

    private static bool None(List<int> numbers) => numbers.Count == 0;

    private static void Demand(string when, Func<List<int>, bool> isRight, List<int> arrived)
    {
        if (!isRight(arrived))
        {
            throw new TrialFailure($"{when} {arrived.Count} of {Count} datagrams came: {string.Join(' ', arrived.Take(50))}");
        }
    }
}
