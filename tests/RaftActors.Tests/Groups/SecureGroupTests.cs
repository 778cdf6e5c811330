namespace RaftActors.Tests.Groups;

/// <summary>Groups of three nodes and their clients, with <c>raft.security</c>.</summary>
public sealed class SecureGroupTests : SecureNodesTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Group_with_certificates_commits_over_encrypted_connections(bool isAtAddress)
    {
        StartAll(Tls(Ca.Issue("node", ["127.0.0.1"])), isAtAddress);

        ExpectConnections();
        AppendOnEachNode();
    }

    [Fact]
    public async Task Client_does_what_its_role_allows()
    {
        StartAlone("operator", "writer", "reader");
        var (boss, writer, reader) = (
            Connect(CredentialsOf("operator")),
            Connect(CredentialsOf("writer")),
            Connect(CredentialsOf("reader")));

        Assert.Equal(1, (await writer.AppendAsync("key", "value")).OrThrow().Serial.Value);
        Assert.Equal("value", (await reader.GetAsync(new Serial(1))).Result?.Value);
        Assert.Equal(2, (await boss.AppendAsync("key", "more")).OrThrow().Serial.Value);
        var joined = (await boss.JoinAsync(new ProcessName("late@:1"))).OrThrow().ResultOr(null!);
        Assert.Contains(joined.Members, member => member.Name.Process == "late");

        var append = (await reader.AppendAsync("key", "value")).NotDone();
        var change = (await writer.LeaveAsync(new ProcessName("late@:1"))).NotDone();
        Assert.Equal((FailureReason.Unauthorized, FailureReason.Unauthorized), (append.Reason, change.Reason));
        Assert.Contains("needs the role writer", append.Detail);
        Assert.Contains("needs the role operator", change.Detail);
        ExpectWarning("needs the role writer");
    }

    [Fact]
    public async Task Client_in_the_actor_system_of_a_node_gets_the_answers_of_other_nodes()
    {
        StartAll(Tls(Ca.Issue("node", ["127.0.0.1"])));
        ExpectConnections();
        var client = Raft.Get(Nodes[0].System).CreateClient<string, int>(contacts: [$"{Nodes[1].Address}"]);

        var outcome = await client.AppendAsync("key", "value", TimeSpan.FromSeconds(20));

        await client.DisposeAsync();
        Assert.Equal(1, outcome.OrThrow().Serial.Value);
        while (Nodes[0].Warned.HasMessages)
        {
            Assert.DoesNotContain("is no path of an actor", $"{Nodes[0].Warned.ExpectMsg<Akka.Event.Warning>(Guard).Message}");
        }
    }

    [Fact]
    public async Task Client_whose_certificate_is_signed_by_an_intermediate_one_appends()
    {
        StartAlone("writer");
        var client = Connect(Tls(Ca.Below("middle").Issue("writer", ["writer"], isClient: true)));

        Assert.Equal(1, (await client.AppendAsync("key", "value")).OrThrow().Serial.Value);
    }

    [Fact]
    public async Task Client_whose_name_has_no_role_is_told_so_by_the_log_of_the_node()
    {
        StartAlone("writer");
        var outsider = Connect(Tls(Ca.Issue("outsider", ["outsider"], isClient: true)));

        var outcome = await outsider.AppendAsync("key", "value", TimeSpan.FromSeconds(1));

        var refused = outcome.NotDone();
        Assert.Contains("did not accept this one", refused.Detail);
        ExpectWarning("'outsider' has no role here");
    }

    [Fact]
    public async Task Client_with_a_certificate_of_another_ca_is_refused()
    {
        StartAlone("writer");
        var other = new TestCertificates(Folder.Path, "other");
        var forged = Connect(Tls(other.Issue("forged", ["writer"], isClient: true)));

        var outcome = await forged.AppendAsync("key", "value", TimeSpan.FromSeconds(1));

        outcome.NotDone();
        ExpectWarning("its certificate is not accepted");
    }

    [Fact]
    public async Task Client_whose_certificate_is_for_servers_alone_is_refused()
    {
        StartAlone("writer");
        var server = Connect(Tls(Ca.Issue("writer", ["writer"], isServer: true)));

        var outcome = await server.AppendAsync("key", "value", TimeSpan.FromSeconds(1));

        outcome.NotDone();
        ExpectWarning("its certificate is not accepted");
    }

    [Fact]
    public async Task Client_with_an_expired_certificate_is_refused()
    {
        StartAlone("writer");
        var security = Tls(Ca.Issue("writer", ["writer"], isClient: true, days: -1));

        var problem = Assert.Throws<RaftConfigurationException>(() => Connect(security));

        Assert.Contains("has expired", problem.Message);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Client_without_credentials_gets_no_answer()
    {
        StartAlone(isAtAddress: false, "writer");
        var plain = Connect("", isAtAddress: false);

        var outcome = await plain.AppendAsync("key", "value", TimeSpan.FromSeconds(1));

        outcome.NotDone();
        ExpectWarning("Closed a raft connection from ");
    }

    // A certificate with alternative names does not prove its common name, which many a CA does not check.
    [Theory]
    [InlineData("elsewhere.example")]
    [InlineData("127.0.0.1")]
    public async Task Client_does_not_trust_a_node_whose_certificate_is_for_another_host(string commonName)
    {
        Names.RemoveRange(1, 2);
        Start(Names[0], Tls(Ca.Issue("node", ["elsewhere.example"], commonName: commonName), "writer = [writer]"));
        var client = Connect(Tls(Ca.Issue("writer", ["writer"], isClient: true)));

        await AwaitAssertAsync(async () =>
        {
            var outcome = await client.AppendAsync("key", "value", TimeSpan.FromSeconds(1));
            Assert.Contains("its certificate is for elsewhere.example", outcome.NotDone().Detail);
        });
    }

    [Fact]
    public void Node_that_no_roster_names_is_refused()
    {
        var security = Tls(Ca.Issue("node", ["127.0.0.1"]));
        var outsider = Names[2];
        Names.RemoveAt(2);
        StartAll(security);
        ExpectConnections();
        AppendOnEachNode();

        var founders = Names.ToArray();
        Start(outsider, $"{security}\nraft {{ joining = on, group = default, roster = [], contacts = [\"{founders[0].Node}\"] }}");

        ExpectWarning("is not known as a node");
    }

    [Fact]
    public void Node_warns_when_less_than_a_third_of_the_time_of_its_certificate_is_left()
    {
        Names.RemoveRange(1, 2);

        Start(Names[0], Tls(Ca.Issue("node", ["127.0.0.1"], days: 0.25)));

        ExpectWarning("node.pem expires on ");
    }

    [Fact]
    public async Task Node_that_has_left_loses_its_connections_and_is_refused()
    {
        StartAll(Tls(Ca.Issue("node", ["127.0.0.1"]), "operator = [boss]"));
        ExpectConnections();
        AppendOnEachNode();
        var boss = Connect(Tls(Ca.Issue("boss", ["boss"], isClient: true)));

        (await boss.LeaveAsync(Names[2], timeout: TimeSpan.FromSeconds(20))).OrThrow();

        Nodes[0].Logged.FishForMessage<Akka.Event.Info>(
            info => $"{info.Message}" == $"Closed the raft connection of {Nodes[2].Address}: it has left the groups of this node.",
            Guard,
            "the connection of the node to be closed");
        ExpectWarning($"{Nodes[2].Address} is not known as a node");
    }

    [Fact]
    public async Task Client_whose_ca_is_removed_loses_its_connection()
    {
        Names.RemoveRange(1, 2);
        var ca = CopyOfCa(Names[0]);
        Start(Names[0], $$"""
            raft.security.reload-interval = 50ms
            raft.security.tls { certificate = "{{Ca.Issue("node", ["127.0.0.1"])}}", ca = "{{ca}}" }
            raft.security.roles.writer = [writer]
            """);
        var writer = Connect(CredentialsOf("writer"));
        (await writer.AppendAsync("key", "value")).OrThrow();

        File.Copy(new TestCertificates(Folder.Path, "next").Ca, ca, overwrite: true);

        ExpectWarning("its credentials are no longer accepted");
        Assert.NotNull((await writer.AppendAsync("key", "more", TimeSpan.FromSeconds(1))).Failure);
    }

    [Fact]
    public async Task Certificates_and_ca_are_exchanged_node_by_node_under_load()
    {
        foreach (var name in Names)
        {
            Start(name, $$"""
                raft.security.reload-interval = 50ms
                raft.security.tls { certificate = "{{Ca.Issue(FileOf(name), ["127.0.0.1"])}}", ca = "{{CopyOfCa(name)}}" }
                raft.security.roles.writer = [writer]
                """);
        }

        ExpectConnections();
        var lost = ConnectionsLost();
        var client = Connect(Tls(Ca.Issue("writer", ["writer"], isClient: true)));
        using var end = new CancellationTokenSource();
        var load = AppendUntil(client, end.Token);
        var next = new TestCertificates(Folder.Path, "next");

        // Each node accepts both roots, then shows a new certificate, then accepts the new root only.
        RotateOnEach(name => File.AppendAllText(CaOf(name), File.ReadAllText(next.Ca)));
        File.AppendAllText(Ca.Ca, File.ReadAllText(next.Ca));
        RotateOnEach(name => next.Issue(FileOf(name), ["127.0.0.1"]));
        next.Issue("writer", ["writer"], isClient: true);
        RotateOnEach(name => File.Copy(next.Ca, CaOf(name), overwrite: true));

        AppendOnEachNode(after: () => end.Cancel(), load);
        await load;
        Assert.False(lost.HasMessages, "A connection between nodes was lost.");
    }

    [Fact]
    public void Node_with_a_new_certificate_that_others_do_not_trust_yet_keeps_its_connections()
    {
        foreach (var name in Names)
        {
            Start(name, $$"""
                raft.security.reload-interval = 50ms
                raft.security.tls { certificate = "{{Ca.Issue(FileOf(name), ["127.0.0.1"])}}", ca = "{{CopyOfCa(name)}}" }
                """);
        }

        ExpectConnections();
        var lost = ConnectionsLost();
        var next = new TestCertificates(Folder.Path, "next");

        next.Issue(FileOf(Names[0]), ["127.0.0.1"]);
        ExpectWarning("with the changed credentials: the other node did not accept this one");
        AppendOnEachNode();

        Names.ForEach(name => File.AppendAllText(CaOf(name), File.ReadAllText(next.Ca)));
        ExpectRenewed(Nodes[0]);
        Assert.False(lost.HasMessages, "A connection between nodes was lost.");
    }

    private static string FileOf(ProcessName name) => $"node{name.Node[1..]}";

    private string CaOf(ProcessName name) => Folder[$"{FileOf(name)}.ca"];

    private string CopyOfCa(ProcessName name)
    {
        File.Copy(Ca.Ca, CaOf(name), overwrite: true);
        return CaOf(name);
    }

    private void RotateOnEach(Action<ProcessName> rotate)
    {
        foreach (var node in Nodes)
        {
            rotate(node.Name);
            ExpectRenewed(node);
        }
    }

    private void ExpectRenewed(NamedNode node)
    {
        var missing = Nodes.Where(other => other != node)
            .Select(other => $"Raft messages to {other.Address} go by a connection with the changed credentials.").ToHashSet();
        node.Logged.FishForMessage<Akka.Event.Info>(
            info => missing.Remove($"{info.Message}") && missing.Count == 0, Guard, $"{node.Name} to connect again");
    }

    private TestProbe ConnectionsLost()
    {
        var lost = CreateTestProbe();
        Nodes.ForEach(node => node.System.EventStream.Subscribe(lost, typeof(ConnectionNews.Disconnected)));
        return lost;
    }

    // Each Append commits, and each pair gets a serial of its own.
    private static async Task<int> AppendUntil(RaftClient<string, int> client, CancellationToken end)
    {
        var last = new Serial(0);
        var count = 0;
        while (!end.IsCancellationRequested)
        {
            var done = (await client.AppendAsync("load", "value", TimeSpan.FromSeconds(20))).OrThrow();
            Assert.True(done.Serial > last);
            last = done.Serial;
            count++;
        }

        return count;
    }

    private void AppendOnEachNode(Action after, Task<int> load)
    {
        foreach (var node in Nodes)
        {
            node.Tell(new Recorder.Append("own", "value", TimeSpan.FromSeconds(20)), TestActor);
            ExpectMsg<Outcome<int>>(Guard).OrThrow();
        }

        after();
        Assert.True(load.Wait(Guard));
        Assert.True(load.Result > 0);
    }
}
