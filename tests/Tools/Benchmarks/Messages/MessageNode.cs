using Akka.Serialization;

using RaftActors.Core.Codec;
using RaftActors.Network;
using RaftActors.Security;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Benchmarks.Messages;

/// <summary>
/// A child process with one node. Its actors have the paths of a registry and of engines, because a raft connection brings messages to no
/// others. It reads commands from standard input, and ends with it: <c>load OPEN PAYLOAD BESIDE WARMUP SECONDS</c> and <c>read</c>.
/// </summary>
internal static class MessageNode
{
    public const string Verb = "message-node";

    private const int UserSize = 64 * 1024;

    private static readonly TimeSpan UserInterval = TimeSpan.FromMilliseconds(5);

    public static IReadOnlyList<string> Ways { get; } = ["raft", "akka", "akka-unbatched"];

    /// <param name="arguments">The way, the port of this node, and that of the other one.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (way, own, other) = (arguments[0], arguments[1], arguments[2]);
        var settings = $$"""
            akka.actor {
              serializers.messages = "{{typeof(MessageSerializer).AssemblyQualifiedName}}"
              serialization-bindings { "{{typeof(WireMessage).AssemblyQualifiedName}}" = messages }
            }
            akka.remote.dot-netty.tcp.batching.enabled = {{(way == "akka" ? "on" : "off")}}
            """;
        var system = (ExtendedActorSystem)NodeSystem.Create(settings, own, [own], directory: null);
        EngineDispatcher.AddTo(system);
        var ends = system.SystemActorOf(Props.Create(() => new Ends()), "raft");
        var raft = system.Settings.Config.WithFallback(Raft.DefaultConfig()).GetConfig("raft");
        using var network = new TcpNetwork(
            system, TransportSettings.Read(raft), SecuritySettings.Read(raft), new NodeCalls(), ends);
        network.SetNamed([new Address("akka.tcp", NodeSystem.Name, "127.0.0.1", Number(other))]);
        network.Listen();
        IActorRef At(string path, bool isRaft) => isRaft ? network.Resolve(path) : system.Provider.ResolveActorRef(path);
        var node = $"akka.tcp://{NodeSystem.Name}@127.0.0.1:{other}";
        system.ActorOf(Props.Create(() => new Users()), "users");
        Console.WriteLine("ready");
        var loads = new List<Task>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["read"]:
                    Console.WriteLine($"counters {NodeCounters.Now}");
                    break;
                case ["load", var open, var payload, var beside, var warmUp, var seconds]:
                    var echo = At($"{node}/system/raft/echo", isRaft: way == "raft");
                    if (beside != "none")
                    {
                        system.Scheduler.ScheduleTellRepeatedly(
                            TimeSpan.Zero, UserInterval, At($"{node}/user/users", isRaft: false), new byte[UserSize], ActorRefs.NoSender);
                    }

                    loads.Add(LoadAsync(ends, echo, Number(open), Number(payload), Seconds(warmUp), Seconds(seconds)));
                    break;
            }
        }

        await Task.WhenAll(loads);
        await system.Terminate();
        return 0;
    }

    private static async Task LoadAsync(IActorRef ends, IActorRef echo, int open, int payload, TimeSpan warmUp, TimeSpan window)
    {
        var load = await new ClosedLoop(1, warmUp).RunAsync(window, async (loop, _) =>
        {
            TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            ends.Tell(new Begin(echo, open, Messages.Request(payload), loop, ended));
            await ended.Task;
        });
        Console.WriteLine(load.Line);
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string word) => TimeSpan.FromSeconds(double.Parse(word, CultureInfo.InvariantCulture));

    private sealed record Begin(IActorRef Echo, int Open, WireMessage Request, ClosedLoop Loop, TaskCompletionSource Ended);

    // In the place of the registry, whose children are the engines.
    private sealed class Ends : UntypedActor
    {
        private readonly IActorRef _sender = Context.ActorOf(
            Props.Create(() => new Sender()).WithDispatcher(EngineDispatcher.DispatcherId), "sender");

        protected override void PreStart() =>
            Context.ActorOf(Props.Create(() => new Echo()).WithDispatcher(EngineDispatcher.DispatcherId), "echo");

        protected override void OnReceive(object message)
        {
            if (message is Begin)
            {
                _sender.Tell(message);
            }
        }
    }

    private sealed class Users : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    // Sends as an engine does: what one turn has written goes out at its end.
    private abstract class Engine : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            SendTurn.Begin();
            try
            {
                if (message is WireBatch batch)
                {
                    foreach (var each in batch.Messages)
                    {
                        Take(each);
                    }
                }
                else
                {
                    Take(message);
                }
            }
            finally
            {
                SendTurn.End();
            }
        }

        protected abstract void Take(object message);
    }

    private sealed class Echo : Engine
    {
        protected override void Take(object message) => Sender.Tell(Messages.Reply, Self);
    }

    // Replies come in the order of their requests.
    private sealed class Sender : Engine
    {
        private readonly Queue<long> _sent = [];
        private Begin? _begun;

        protected override void Take(object message)
        {
            if (message is Begin begin)
            {
                _begun = begin;
                for (var sent = 0; sent < begin.Open; sent++)
                {
                    Send(begin);
                }
            }
            else if (_begun is { } begun && _sent.TryDequeue(out var start))
            {
                begun.Loop.Count(start, isDone: true);
                if (!begun.Loop.IsStopping)
                {
                    Send(begun);
                }
                else
                {
                    begun.Ended.TrySetResult();
                }
            }
        }

        private void Send(Begin begun)
        {
            _sent.Enqueue(Stopwatch.GetTimestamp());
            begun.Echo.Tell(begun.Request, Self);
        }
    }

    private static class Messages
    {
        private static readonly Member First = new(new ProcessName("raft@:1"), new Incarnation(Guid.NewGuid()));
        private static readonly Member Second = new(new ProcessName("raft@:2"), new Incarnation(Guid.NewGuid()));
        private static readonly GroupUid Group = new(Guid.NewGuid());

        public static WireMessage Reply { get; } = Of(
            Second, First, new Message.AppendEntriesReply(true, new LogIndex(1000), Term.Zero, IsAdmitted: true));

        public static WireMessage Request(int payload)
        {
            var pair = new Payload.Pair(new RequestId(First, 1000), "key", new byte[payload]);
            var entry = new LogEntry(new LogIndex(1001), new Term(3), new Serial(1000), pair);
            var before = new LogPosition(new LogIndex(1000), new Term(3), new Serial(999), Hash: 7);
            return Of(First, Second, new Message.AppendEntries(before, new LogSlice([entry]), before.Index, before.Serial));
        }

        private static WireMessage.CoreMessage Of(Member from, Member to, Message body) =>
            new(new Core.Envelope(from, to, Group, new Term(3), new Boot(1, 1), body));
    }
}

/// <summary>The bytes of a message in the payload of Akka.Remote.</summary>
internal sealed class MessageSerializer(ExtendedActorSystem system) : Serializer(system)
{
    [ThreadStatic]
    private static ByteWriter? _writer;

    /// <inheritdoc/>
    public override int Identifier => 1600;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var writer = _writer ??= new ByteWriter();
        writer.Clear(64 * 1024);
        WireTable.WriteNamed(writer, (WireMessage)obj);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type)
    {
        var reader = ByteReader.OfKept(bytes);
        return WireTable.ReadNamed(ref reader);
    }
}
