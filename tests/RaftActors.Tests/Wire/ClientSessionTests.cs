namespace RaftActors.Tests.Wire;

public sealed class ClientSessionTests
{
    private static readonly Member Process = new(new ProcessName("raft1@node1"), new Incarnation(new Guid(7, 0, 0, new byte[8])));

    [Fact]
    public void Origin_is_a_hash_of_the_secret_under_a_name_of_its_own()
    {
        var session = new ClientSession(new Guid(7, 0, 0, new byte[8]));

        var hash = SHA256.HashData((byte[])[.. Encoding.ASCII.GetBytes("raft client "), .. session.Secret.ToByteArray()]);

        Assert.Equal("client@*", session.Origin.Name.Value);
        Assert.Equal(hash[..16], session.Origin.Incarnation.Value.ToByteArray());
    }

    [Fact]
    public void Client_that_knows_the_origin_of_a_process_or_of_a_client_cannot_take_it()
    {
        var victim = ClientSession.New().Origin;

        Assert.NotEqual(Process, new ClientSession(Process.Incarnation.Value).Origin);
        Assert.NotEqual(victim, new ClientSession(victim.Incarnation.Value).Origin);
    }

    [Fact]
    public void All_appends_of_one_session_have_one_origin_and_each_session_has_another()
    {
        var session = ClientSession.New();

        Assert.Equal(session.Origin, new ClientSession(session.Secret).Origin);
        Assert.NotEqual(session.Origin, ClientSession.New().Origin);
    }

    [Fact]
    public void Text_of_a_call_does_not_tell_the_secret()
    {
        var call = new ClientCall.Append(ClientSession.New(), 1, "key", default, TimeSpan.Zero, IsRetry: false);

        Assert.DoesNotContain($"{call.Session.Secret}", $"{call}");
        Assert.Contains($"{call.Session.Origin}", $"{call}");
    }
}
