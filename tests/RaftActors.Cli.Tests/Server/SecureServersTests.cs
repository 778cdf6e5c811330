namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers with encryption and authentication, and their clients.</summary>
[Trait("Needs", "TLS")]
public sealed class SecureServersTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("raft-secure-").FullName;
    private readonly List<RunningServer> _servers = [];
    private readonly int[] _ports = [.. Enumerable.Range(0, 4).Select(_ => FreePorts.Next())];

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Servers_with_certificates_of_raft_certs_serve_each_client_by_its_role()
    {
        MakeCertificates("certs", "127.0.0.1", "--client", "boss", "--client", "app", "--client", "eye");
        string[] server = [.. FilesOf("127.0.0.1"), "--operators", "boss", "--writers", "app", "--readers", "eye"];
        await StartAll(server);

        await ServesByRole(server, FilesOf("boss"), FilesOf("app"), FilesOf("eye"));
    }

    [Fact]
    public async Task Client_without_a_certificate_of_the_ca_is_refused_with_the_reason()
    {
        MakeCertificates("certs", "127.0.0.1", "--client", "app");
        MakeCertificates("wrong", "127.0.0.1", "--client", "app");
        await StartAll([.. FilesOf("127.0.0.1"), "--writers", "app"]);

        var (forged, plain) = (Ask(["append", "no", .. FilesOf("app", "wrong")]), Ask("append", "no"));

        Assert.Equal((1, 1), (forged.Code, plain.Code));
        Assert.Contains("its certificate is not accepted", forged.Error);
        Assert.Contains("it needs --tls-cert", plain.Error);
        await _servers[0].Line("Closed a raft connection from ");
    }

    [Theory]
    [InlineData("--tls-cert is given without --tls-ca", "--tls-cert", "x")]
    [InlineData("without --tls-cert", "--tls-ca", "x")]
    [InlineData("There is no file", "--tls-cert", "/missing/file", "--tls-ca", "/missing/file")]
    public void Options_that_do_not_go_together_are_refused_with_the_remedy(string part, params string[] options)
    {
        var run = Run.Here(["status", .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains(part, run.Error);
    }

    [Fact]
    public void Client_with_a_file_that_has_no_certificate_reports_its_name()
    {
        var file = Path.Combine(_home, "bad");
        WritePrivate(file, "nonsense");

        var run = Run.Here("status", "--tls-cert", file, "--tls-ca", file);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"raft: cannot read the files of raft.security: ", run.Error);
        Assert.Contains($"cannot be read from {file}", run.Error);
    }

    [Fact]
    public async Task Server_on_all_addresses_without_protection_answers_at_each_and_warns()
    {
        var server = ServerHere.Start(
            "server", "-c", $":{_ports[0]}", "-p", $"{_ports[0]}", "--bind", "0.0.0.0", "--data", Path.Combine(_home, "open"));
        _servers.Add(server);

        Assert.Contains("listens on 0.0.0.0", await server.Line("without encryption and authentication"));

        // A server that stops while it opens its store writes to the directory until it has done so.
        await server.Line("elected leader");
        if (OperatingSystem.IsLinux())
        {
            // Only Linux has all addresses of 127.0.0.0/8. Without --bind a server listens on 127.0.0.1.
            Assert.Equal(0, Run.Here("append", "hello", "-S", $"127.0.0.3:{_ports[0]}").Code);
        }
    }

    private async Task ServesByRole(string[] server, string[] boss, string[] app, string[] eye)
    {
        Assert.EndsWith("committed, serial 1\n", Ask(["append", "hello", .. app]).Output);
        Assert.Equal(0, Ask(["status", .. eye]).Code);
        await Start(3, server);
        Assert.Equal(0, Ask(["members", "add", $":{_ports[3]}", .. boss]).Code);
        Assert.Contains($":{_ports[3]}", Ask(["status", .. eye]).Output);

        // The fourth server is a learner, which asks the leader itself.
        Assert.Equal(0, Ask(["members", "remove", $":{_ports[3]}", "-S", $":{_ports[3]}", .. boss]).Code);
        Assert.Equal(0, Ask(["members", "add", $":{_ports[3]}", .. boss]).Code);

        var (append, remove) = (Ask(["append", "no", .. eye]), Ask(["members", "remove", $":{_ports[3]}", .. app]));
        Assert.Equal((1, 1), (append.Code, remove.Code));
        Assert.Contains("'eye' was refused: it has the role reader, and this call needs the role writer", append.Error);
        Assert.Contains("'app' was refused: it has the role writer, and this call needs the role operator", remove.Error);
    }

    private void MakeCertificates(string folder, params string[] names) =>
        Assert.Equal(0, Run.Here(["certs", "--dir", Path.Combine(_home, folder), .. names]).Code);

    private string[] FilesOf(string name, string folder = "certs")
    {
        var path = Path.Combine(_home, folder, name);
        return ["--tls-cert", $"{path}.pem", "--tls-key", $"{path}.key", "--tls-ca", Path.Combine(_home, folder, "ca.pem")];
    }

    private static void WritePrivate(string path, params string[] lines)
    {
        File.WriteAllLines(path, lines);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private async Task StartAll(params string[] security)
    {
        foreach (var place in Enumerable.Range(0, 3))
        {
            await Start(place, security);
        }

        await _servers[0].Line("the group is founded");
    }

    private async Task Start(int place, params string[] security)
    {
        var cluster = string.Join(',', _ports.Take(3).Select(port => $":{port}"));
        var data = Path.Combine(_home, $"{place}");
        var server = ServerHere.Start(["server", "-c", cluster, "-p", $"{_ports[place]}", "--data", data, .. security]);
        _servers.Add(server);
        await server.Line("listens on");
    }

    private Run Ask(params string[] arguments) =>
        Run.Here("", arguments, string.Join(',', _ports.Take(3).Select(port => $":{port}")));
}
