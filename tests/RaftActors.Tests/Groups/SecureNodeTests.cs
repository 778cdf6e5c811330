namespace RaftActors.Tests.Groups;

/// <summary>Nodes take part by their keys and passwords.</summary>
public sealed class SecureNodeTests : SecureNodesTest
{
    private const string Password = "correct horse";

    [Fact]
    public void Nodes_whose_keys_are_pinned_form_a_group()
    {
        StartPinned(pinned: 3);

        ExpectConnections();
        AppendOnEachNode();
    }

    // The fourth node trusts the others, and has a certificate of their CA for its own address. Only its key is not pinned.
    [Fact]
    public void Node_whose_key_is_not_pinned_is_refused_and_the_others_go_on()
    {
        Names.Add(NamedNode.NewName());
        StartPinned(pinned: 3);

        ExpectWarning("is not in raft.security.tls.pins");
        var outsider = Nodes[3];
        Nodes.Remove(outsider);
        ExpectConnections();
        AppendOnEachNode();
        Assert.DoesNotContain(outsider.Name, StatusOf(Nodes[0]).Reachable);
        Assert.DoesNotContain(Nodes[0].Name, StatusOf(outsider).Reachable);
        Nodes.Add(outsider);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Node_opens_its_encrypted_key_by_the_password(bool isPfx)
    {
        Names.ForEach(name => Start(name, $"{Tls(Encrypted(name, isPfx))}\nraft.security.tls.password = \"{Password}\""));

        ExpectConnections();
        AppendOnEachNode();
    }

    [Theory]
    [InlineData(false, "raft.security.tls.password = wrong")]
    [InlineData(true, "raft.security.tls.password = wrong")]
    [InlineData(false, "")]
    [InlineData(true, "")]
    public void Node_with_a_wrong_password_does_not_start_and_names_the_file_and_the_setting(bool isPfx, string password)
    {
        var certificate = Encrypted(Names[0], isPfx);

        var stopped = Assert.Throws<InvalidOperationException>(() => Start(Names[0], $"{Tls(certificate)}\n{password}"));

        Assert.Contains("did not start", stopped.Message);
        Assert.Contains(certificate, stopped.Message);
        Assert.Contains("raft.security.tls.password", stopped.Message);
    }

    private static RaftStatus StatusOf(NamedNode node) => Assert.Single(Raft.Get(node.System).Processes);

    // Each node has a key of its own.
    private void StartPinned(int pinned)
    {
        var certificates = Names.ToDictionary(name => name, name => Ca.Issue($"node{name.Node[1..]}", ["127.0.0.1"]));
        var pins = Names.Select(name => $"\"{TestCertificates.PinOf(certificates[name])}\"").ToList();
        foreach (var (name, place) in Names.Select((name, place) => (name, place)))
        {
            var accepted = string.Join(", ", place < pinned ? pins.Take(pinned) : pins);
            Start(name, $"{Tls(certificates[name])}\nraft.security.tls.pins = [{accepted}]");
        }
    }

    private string Encrypted(ProcessName name, bool isPfx)
    {
        var file = $"node{name.Node[1..]}";
        return isPfx
            ? TestCertificates.ToPfx(Ca.Issue(file, ["127.0.0.1"]), Password)
            : Ca.Issue(file, ["127.0.0.1"], password: Password);
    }
}
