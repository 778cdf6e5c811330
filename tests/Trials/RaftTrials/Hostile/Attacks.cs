using System.Security.Cryptography;

using RaftActors.Cli.Client;
using RaftActors.Core;
using RaftActors.Wire;

using RaftTrials.Load;

namespace RaftTrials.Hostile;

/// <summary>The attacks of <see cref="Trials.HostileTrials"/>. Each goes on until it is cancelled, and counts its attempts.</summary>
/// <param name="honest">The latest Append of the honest client; null: there is none.</param>
/// <param name="leader">The present leader.</param>
internal sealed class Attacks(
    IReadOnlyList<RaftServer> servers,
    IReadOnlyList<int> ports,
    Credentials credentials,
    Func<RequestRef?> honest,
    Func<(int Port, long Term)> leader)
{
    private const int HalfOpen = 100;
    private const int SlowReaders = 6;
    private const int AsksPerBurst = 100;
    private const int GarbageSize = 300;

    // Of long names in one turn.
    private const int Receivers = 500;

    // Together more than a server has places for connections.
    private const int Crowds = 32;
    private const int IdleClients = 35;

    // Fewer prove nothing about floods, because a busy machine costs a leader its term now and then.
    private const int FloodsMin = 3;

    // The numbers of these replies, in CallTable.
    private const byte DeclinedNumber = 3;
    private const byte FailedNumber = 4;

    private static readonly TimeSpan TricklePause = TimeSpan.FromSeconds(1);

    // An Append that was sent twice, because its connection was slow, is not over when it is refused.
    private static readonly TimeSpan RefusedTimeout = TimeSpan.FromSeconds(5);

    // The start of a handshake of TLS, and of the first message of Akka's remoting.
    private static readonly byte[] TlsStart = [0x16, 3, 1, 1, 0];
    private static readonly byte[] AkkaStart = [34, 0, 0, 0, 0x12, 32, 8, 1, 0x12, 28, 10, 18, 10, 4, .. "raft"u8];

    /// <summary>The attacks by name, with their numbers of attempts.</summary>
    public IReadOnlyList<(string Name, Func<Count, CancellationToken, Task> Run)> All =>
    [
        ("connections", (count, stop) => Repeat(count, async intruder => await intruder.Send(new byte[1], stop), stop)),
        ("garbage", (count, stop) => Repeat(count, intruder => Say(intruder, RandomNumberGenerator.GetBytes(GarbageSize), stop), stop)),
        ("bytes of Akka", (count, stop) => Repeat(count, intruder => Say(intruder, AkkaStart, stop), stop)),
        ("silent connections", (count, stop) => Many(HalfOpen, count, intruder => intruder.End(stop), stop)),
        ("one byte a second", (count, stop) => Many(HalfOpen, count, intruder => Trickle(intruder, stop), stop)),
        .. credentials.Refused.Select(refused => (refused.Name, (Func<Count, CancellationToken, Task>)((count, stop) =>
            Repeat(count, intruder => Forge(intruder, refused.Shown, stop), stop)))),
        ("writer as a node", (count, stop) => Repeat(count, intruder => Greet(intruder, ConnectionKind.Node, stop), stop)),
        ("another version", (count, stop) => Repeat(count, intruder => Greet(intruder, kind: null, stop), stop)),
        ("frame of 2 GB", (count, stop) => Repeat(count, intruder => Announce(intruder, stop), stop)),
        ("messages of nodes", (count, stop) => Repeat(
            count, intruder => SpeakAsNode(intruder, new WireMessage.Leaving(intruder.Server.Process!.Value, IsReply: false), stop), stop)),
        ("keys of megabytes", (count, stop) => Repeat(count, intruder => SpeakAsNode(intruder, Intruder.LongAppend, stop), stop)),
        ("receiver that is no process", (count, stop) => Repeat(count, intruder => CallNobody(intruder, stop), stop)),
        ("unknown calls", (count, stop) => Repeat(count, intruder => CallUnknown(intruder, stop), stop, host: Intruder.Client)),
        ("damaged calls", (count, stop) => Repeat(count, intruder => CallDamaged(intruder, stop), stop, host: Intruder.Client)),
        ("half calls", (count, stop) => Many(SlowReaders, count, intruder => CallHalf(intruder, stop), stop)),
        ("calls above the role", (count, stop) => Repeat(count, intruder => CallAbove(intruder, stop), stop, host: Intruder.Client)),
        ("append of a reader", AppendAsReader),
        ("origins of others", (count, stop) => Liar.Run(ports, credentials.WriterFiles, honest, count, stop)),
        ("long names", (count, stop) =>
            Repeat(count, intruder => Introduce(intruder, count, stop), stop, host: Intruder.Client)),
        ("broken questions", (count, stop) => AsHostileClient(credentials.Reader, client => client.AskNonsense(count, stop))),
        ("broken commands", (count, stop) => AsHostileClient(credentials.WriterFiles, client => client.AppendNonsense(count, stop))),
        ("sessions of others", (count, stop) => AsHostileClient(credentials.WriterFiles, client => client.CommandOthers(count, stop))),
        ("flood of calls", Flood),
        ("idle clients", (count, stop) => Task.WhenAll(Enumerable.Range(0, Crowds).Select(_ => Crowd(count, stop)))),
        ("slow reader", (count, stop) => Many(SlowReaders, count, intruder => AskOnly(intruder, stop), stop)),
    ];

    // One connection after the other, to one server after the other.
    private async Task Repeat(
        Count count, Func<Intruder, Task> attack, CancellationToken stop, int first = 0, string host = Intruder.Outsider)
    {
        for (var turn = first; !stop.IsCancellationRequested; turn++)
        {
            await Once(count, ports[turn % ports.Count], host, attack, stop);
            await Poll.Wait(Pace.Connection, stop);
        }
    }

    // Many connections at a time.
    private Task Many(int number, Count count, Func<Intruder, Task> attack, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, number).Select(first => Repeat(count, attack, stop, first)));

    private static async Task Once(
        Count count, int port, string host, Func<Intruder, Task> attack, CancellationToken stop, bool isKept = false)
    {
        try
        {
            count.Add();
            var intruder = await Intruder.Connect(port, stop, host);
            using var ending = isKept ? null : intruder;
            await attack(intruder);
        }
        catch (Exception e) when (Intruder.IsEnd(e) || e is OperationCanceledException)
        {
        }
    }

    private static async Task Say(Intruder intruder, byte[] bytes, CancellationToken stop)
    {
        await intruder.Send(bytes, stop);
        await intruder.End(stop);
    }

    private static async Task Trickle(Intruder intruder, CancellationToken stop)
    {
        for (var place = 0; ; place++)
        {
            await intruder.Send(new[] { place < TlsStart.Length ? TlsStart[place] : (byte)0 }, stop);
            await Task.Delay(TricklePause, stop);
        }
    }

    // With TLS 1.3 the connecting side learns only from the answer that its certificate is refused.
    private static async Task Forge(Intruder intruder, CertificateCredentials? shown, CancellationToken stop)
    {
        await intruder.Prove(shown, stop);
        await intruder.Greet(ConnectionKind.Client, stop);
        throw new TrialFailure("a server has accepted a forged proof");
    }

    private async Task Greet(Intruder intruder, ConnectionKind? kind, CancellationToken stop)
    {
        await intruder.Prove(credentials.Writer, stop);
        await intruder.Greet(kind, stop);
    }

    private async Task Announce(Intruder intruder, CancellationToken stop)
    {
        await Greet(intruder, ConnectionKind.Client, stop);
        await Say(intruder, [0xff, 0xff, 0xff, 0x7f, 1], stop);
    }

    // Valid for a node, from a writer: the server must close the connection.
    private async Task SpeakAsNode(Intruder intruder, WireMessage message, CancellationToken stop)
    {
        await Greet(intruder, ConnectionKind.Client, stop);
        await intruder.Tell(Intruder.Engine, message, stop);
        await intruder.End(stop);
    }

    private async Task CallNobody(Intruder intruder, CancellationToken stop)
    {
        await GreetAsReader(intruder, stop);
        CallTarget[] nobody =
        [
            new("../../user", new ProcessName("raft@../../user")),
            intruder.Server with { Group = "" },
            intruder.Server with { Process = null },
            intruder.Server with { Process = new ProcessName("nobody@:1") },
        ];
        foreach (var target in nobody)
        {
            await intruder.Call(target, new ClientCall.Status(), stop);
            TrialFailure.Unless(
                await intruder.ReadReply(stop) == DeclinedNumber, $"a server has not declined a call for {target}");
        }
    }

    private async Task CallUnknown(Intruder intruder, CancellationToken stop)
    {
        await GreetAsReader(intruder, stop);
        await intruder.CallUnknown(intruder.Server, stop);
        await intruder.End(stop);
    }

    // A damaged call may be another one that the server knows. Then it goes on to the next one.
    private async Task CallDamaged(Intruder intruder, CancellationToken stop)
    {
        await GreetAsReader(intruder, stop);
        var reading = intruder.End(stop);
        while (!reading.IsCompleted)
        {
            ClientCall[] calls =
            [
                new ClientCall.Query(RandomNumberGenerator.GetBytes(GarbageSize), Pace.Turn, ReadConsistency.Local),
                new ClientCall.Read(Serial.Zero, 1, Pace.Turn),
                new ClientCall.ListProcesses(new ProcessPlace("raft", intruder.Server.Process!.Value)),
            ];
            foreach (var call in calls)
            {
                await intruder.CallDamaged(call is ClientCall.ListProcesses ? CallTarget.Registry : intruder.Server, call, stop);
            }

            await Task.WhenAny(reading, Task.Delay(Pace.Connection, stop));
        }
    }

    private async Task CallHalf(Intruder intruder, CancellationToken stop)
    {
        await GreetAsReader(intruder, stop);
        await intruder.CallHalf(intruder.Server, new ClientCall.Read(Serial.Zero, 1, Pace.Turn), stop);
        await Task.WhenAny(intruder.End(stop), Task.Delay(Pace.Flood, stop));
    }

    // A reader may not change anything, nor read the request keys of others in a backup.
    private async Task CallAbove(Intruder intruder, CancellationToken stop)
    {
        await GreetAsReader(intruder, stop);
        ClientCall[] calls =
        [
            new ClientCall.Append(ClientSession.New(), 1, "forged", new byte[] { 1 }, Pace.Turn, IsRetry: false),
            new ClientCall.Change(new GroupChange.Transfer(null), Pace.Turn),
            new ClientCall.TakeSnapshot(Pace.Turn),
            new ClientCall.Backup(default, default, 0, LogIndex.Zero),
        ];
        foreach (var call in calls)
        {
            await intruder.Call(intruder.Server, call, stop);
            var kind = await intruder.ReadReply(stop);
            TrialFailure.Unless(
                kind == (call is ClientCall.Append ? OutcomeFormat.OutcomeNumber : FailedNumber),
                $"a server has not refused the {call.GetType().Name} of a reader: its reply has the number {kind}");
        }
    }

    private async Task AskOnly(Intruder intruder, CancellationToken stop)
    {
        await Greet(intruder, ConnectionKind.Client, stop);
        while (true)
        {
            await intruder.Call(CallTarget.Registry, new ClientCall.Locate("raft"), stop, AsksPerBurst);
            await Task.Delay(Pace.Connection, stop);
        }
    }

    private async Task Introduce(Intruder intruder, Count count, CancellationToken stop)
    {
        await GreetAsReader(intruder, stop);
        var reading = intruder.End(stop);
        while (!reading.IsCompleted)
        {
            // The server must close the connection because of the name of a group or a process.
            await intruder.CallOthers(Receivers, stop);
            await intruder.CallGiant(isProcess: count.Value % 2 == 0, stop);
            count.Add();
            await Task.WhenAny(reading, Task.Delay(Pace.LongName, stop));
        }
    }

    private async Task AsHostileClient(ConnectionSecurity security, Func<HostileClient, Task> attack)
    {
        await using var client = new HostileClient(ports, security);
        await attack(client);
        client.Demand();
    }

    // Each flood is one connection to the leader. It reads the answers, so nothing but the engine holds it back.
    private async Task Flood(Count count, CancellationToken stop)
    {
        var costly = 0;
        while (!stop.IsCancellationRequested)
        {
            var (port, term) = leader();
            await Once(count, port, Intruder.Client, Ask, stop);
            await Poll.Wait(Pace.Flood / 2, stop);
            costly += leader().Term > term ? 1 : 0;
        }

        TrialFailure.Unless(
            count.Value < FloodsMin || costly <= count.Value * 2 / 3,
            $"{costly} of {count.Value} floods of calls have cost the leader its term");

        async Task Ask(Intruder intruder)
        {
            await GreetAsReader(intruder, stop);
            var reading = intruder.End(stop);
            await intruder.Call(intruder.Server, new ClientCall.Status(), stop, Pace.CallsPerFlood);
            await Task.WhenAny(reading, Task.Delay(Pace.Flood / 2, stop));
        }
    }

    // Clients that hold their places, and say nothing. All are at one server.
    private async Task Crowd(Count count, CancellationToken stop)
    {
        Queue<Intruder> crowd = [];
        while (!stop.IsCancellationRequested)
        {
            await Once(count, ports[0], Intruder.Client, Enter, stop, isKept: true);
            await Poll.Wait(crowd.Count < IdleClients ? Pace.IdleClient : Pace.Turn, stop);
        }

        foreach (var intruder in crowd)
        {
            intruder.Dispose();
        }

        async Task Enter(Intruder intruder)
        {
            crowd.Enqueue(intruder);
            if (crowd.Count > IdleClients)
            {
                crowd.Dequeue().Dispose();
            }

            await GreetAsReader(intruder, stop);
        }
    }

    private async Task GreetAsReader(Intruder intruder, CancellationToken stop)
    {
        await intruder.Prove(credentials.ReaderProof, stop);
        await intruder.Greet(ConnectionKind.Client, stop);
    }

    private async Task AppendAsReader(Count count, CancellationToken stop)
    {
        var target = new ServersTarget([.. servers.Select(server => LoadCommand.ServerOf(server.Id))]);
        using var client = new RunSettings(target, Guards.Request, IsJson: false, credentials.Reader).Open(stop);
        var appender = new Appender(client, RefusedTimeout, requestId: null);
        while (!stop.IsCancellationRequested)
        {
            count.Add();
            var outcome = await appender.AppendAsync("forged", $"forged-{count.Value}");
            TrialFailure.Unless(outcome is not RequestOutcome.Committed, "a reader has appended a message");
            await Poll.Wait(Pace.Connection, stop);
        }
    }
}

/// <summary>Counts the attempts of one attack. Thread-safe.</summary>
internal sealed class Count
{
    private int _value;

    public int Value => Volatile.Read(ref _value);

    public void Add(int attempts = 1) => Interlocked.Add(ref _value, attempts);
}
