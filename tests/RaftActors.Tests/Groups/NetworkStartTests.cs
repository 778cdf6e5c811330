namespace RaftActors.Tests.Groups;

/// <summary>A node whose connections take long to start: a pipe takes the place of the private key, and its reader waits.</summary>
[Trait("Needs", "Linux")]
public sealed class NetworkStartTests : TestKit
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("raft-connection-start-").FullName;
    private static readonly string Pipe = Path.Combine(Folder, "key");

    public NetworkStartTests()
        : base(ConfigurationFactory.ParseString(
            $$"""raft.security.tls { certificate = "a.pem", key = "{{Pipe}}", ca = "a.pem" }""").WithFallback(RemoteNode.Network))
    {
    }

    [Fact]
    public async Task Start_of_the_connections_holds_up_no_other_call_of_the_node()
    {
        using (var made = Process.Start("mkfifo", ["-m", "600", Pipe]))
        {
            await made.WaitForExitAsync();
        }

        var raft = Raft.Get(Sys);
        var starting = Task.Run(() => raft.CreateClient("orders"));

        // It can be opened when the other side reads it.
        await using var pipe = await Task.Run(() => new FileStream(Pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            .WaitAsync(Guard);
        try
        {
            Assert.Empty(await Task.Run(() => raft.Processes).WaitAsync(Guard));
        }
        finally
        {
            // The end of the pipe ends the start, which reads the file once more.
            File.Delete(Pipe);
            await pipe.DisposeAsync();
            await Assert.ThrowsAsync<RaftConfigurationException>(() => starting);
        }
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Directory.Delete(Folder, recursive: true);
    }
}
