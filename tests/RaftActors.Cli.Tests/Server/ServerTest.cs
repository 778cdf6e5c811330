using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

namespace RaftActors.Cli.Tests.Server;

/// <summary>One server, <c>:9990</c>, in a scripted group, without sockets and disks, in virtual time.</summary>
public abstract class ServerTest : TestKit
{
    private static readonly Config Virtual = ConfigurationFactory.ParseString(
        """
        akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Cli.Tests"
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.log-dead-letters = off
        akka.test.single-expect-default = 60s
        akka.actor.guardian-supervisor-strategy = "Akka.Actor.StoppingSupervisorStrategy"
        raft.node = ":9990"
        raft.pair-size-max = 2MiB
        """);

    private readonly TestProbe _asking;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private protected ServerTest()
        : base(Virtual)
    {
        _asking = CreateTestProbe();
        Asked = CreateTestProbe();
        Group = new ScriptedGroup<string>(Sys, Asked);
    }

    private protected TestProbe Asked { get; }

    private protected ScriptedGroup<string> Group { get; }

    private protected TaskCompletionSource<string> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected IActorRef Server { get; private set; } = null!;

    private protected string[] Lines => LinesOf(_output);

    private protected string[] Errors => LinesOf(_errors);

    private protected static ServerId Id(int port) => new("", port);

    private protected static ProcessName Process(int port) => Id(port).Process;

    private protected static ImmutableArray<GroupMember> Members(params int[] ports) =>
        [.. ports.Select(port => new GroupMember(Process(port), isVoter: true))];

    private protected void Start(string cluster = ":9990,:9991,:9992")
    {
        var settings = ServerSettings.Of(cluster, data: "unused");
        var terminal = new ServerTerminal(_output, _errors, TimeProvider.System);
        var failed = Failed;
        Server = Sys.ActorOf(Props.Create(() => new LogServer(settings, terminal, failed)));
        Settle();
    }

    /// <summary>Starts a server that is a member of a group of three.</summary>
    private protected void StartInGroup()
    {
        Start();
        Happen(new RaftEvent.MembersChanged("raft", Process(9990), new LogIndex(1), Members(9990, 9991, 9992)));
        Group.BuildQuorum(withActor: false);
    }

    /// <summary>Returns when the server has processed all earlier messages, and those that the group sends it because of them.</summary>
    private protected void Settle()
    {
        var group = Raft.Get(Sys).ScriptedHost!; // Justification: the scripted group is one.
        foreach (var actor in (IActorRef[])[group, Server, group, Server])
        {
            actor.Tell(new Identify(0), _asking);
            _asking.ExpectMsg<ActorIdentity>();
        }
    }

    private protected void Happen(RaftEvent happened) => Sys.EventStream.Publish(happened);

    /// <summary>Publishes a committed configuration.</summary>
    private protected void HaveMembers(long index, params int[] ports) =>
        Happen(new RaftEvent.MembersChanged("raft", Process(9990), new LogIndex(index), Members(ports)));

    /// <summary>Publishes a configuration that the store had at the start.</summary>
    private protected void HadMembers(long index, params int[] ports) =>
        Happen(new RaftEvent.MembersChanged("raft", Process(9990), new LogIndex(index), Members(ports), isRecovered: true));

    private static string[] LinesOf(StringWriter writer)
    {
        lock (writer)
        {
            var lines = writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. lines.Select(line => line["2024/02/23 17:52:24 ".Length..])];
        }
    }
}
