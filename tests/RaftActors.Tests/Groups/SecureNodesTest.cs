namespace RaftActors.Tests.Groups;

/// <summary>Nodes with <c>raft.security</c> and their clients: three nodes, unless a test removes some of <see cref="Names"/>.</summary>
[Trait("Needs", "TLS")]
public abstract class SecureNodesTest : NodesTest
{
    private readonly List<RaftConnection> _connections = [];
    private int _appended;

    private protected SecureNodesTest() => Ca = new TestCertificates(Folder.Path);

    private protected List<NamedNode> Nodes { get; } = [];

    private protected List<ProcessName> Names { get; } = [.. Enumerable.Range(0, 3).Select(_ => NamedNode.NewName())];

    private protected TestCertificates Ca { get; }

    protected override void AfterAll()
    {
        _connections.ForEach(connection => connection.DisposeAsync().AsTask().Wait(Guard));
        base.AfterAll();
    }

    private protected string Tls(string certificate, string roles = "") => $$"""
        raft.security.reload-interval = 50ms
        raft.security.tls { certificate = "{{certificate}}", ca = "{{Ca.Ca}}" }
        raft.security.roles { {{roles}} }
        """;

    private protected void ExpectConnections()
    {
        foreach (var node in Nodes)
        {
            node.ExpectConnectionsTo(Nodes.Where(other => other != node), "an encrypted");
        }
    }

    private protected void StartAll(string security, bool isAtAddress = true) => Names.ForEach(name => Start(name, security, isAtAddress));

    private protected void Start(ProcessName name, string security, bool isAtAddress = true) => Nodes.Add(new NamedNode(
        this,
        name,
        $$"""
        akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [] }
        raft {
          group = default
          roster = [{{string.Join(", ", Names.Select(each => $"\"{each}\""))}}]
          append-timeout = 20s
          {{OffsetOf(isAtAddress)}}
        }
        {{security}}
        """,
        behind: isAtAddress ? 0 : null));

    private protected void StartAlone(params string[] roles) => StartAlone(isAtAddress: true, roles);

    // A group of one node.
    private protected void StartAlone(bool isAtAddress, params string[] roles)
    {
        Names.RemoveRange(1, 2);
        Start(Names[0], Tls(Ca.Issue("node", ["127.0.0.1"]), RolesOf(roles)), isAtAddress);
    }

    private static string OffsetOf(bool isAtAddress) => isAtAddress ? "transport-tcp.port-offset = 0" : "";

    private protected static string RolesOf(params string[] roles) => string.Join('\n', roles.Select(role => $"{role} = [{role}]"));

    private protected string CredentialsOf(string role) => Tls(Ca.Issue(role, [role], isClient: true));

    private protected RaftClient<string, int> Connect(string security, bool isAtAddress = true) =>
        Connect<string, int>(security, isAtAddress);

    private protected RaftClient<TValue, TResult> Connect<TValue, TResult>(string security, bool isAtAddress = true)
    {
        RaftConnection connection = new(
            [.. Names.Select(name => $"named@127.0.0.1{name.Node}")],
            ConfigurationFactory.ParseString(
                $"raft {{ {OffsetOf(isAtAddress)} }}\nraft.client.attempt-timeout = 300ms\n{security}"));
        _connections.Add(connection);
        return connection.CreateClient<TValue, TResult>("default");
    }

    private protected void ExpectWarning(string part) => Nodes[0].Warned.FishForMessage<Akka.Event.Warning>(
        warning => $"{warning.Message}".Contains(part), Guard, $"a warning '{part}'");

    // Each pair gets the next serial, so none is lost and none is doubled.
    private protected void AppendOnEachNode()
    {
        foreach (var node in Nodes)
        {
            _appended++;
            node.Tell(new Recorder.Append($"key{_appended}", "value", TimeSpan.FromSeconds(20)), TestActor);
            Assert.Equal(_appended, ExpectMsg<Outcome<int>>(TimeSpan.FromSeconds(30)).OrThrow().Serial.Value);
        }
    }
}
