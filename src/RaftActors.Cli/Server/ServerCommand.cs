using RaftActors.Cli.Security;

namespace RaftActors.Cli.Server;

internal static class ServerCommand
{
    public static Command Build(CommandEnvironment environment)
    {
        var security = new SecurityOptions(environment);
        var options = new ServerOptions(security);
        return new LocalVerb(environment, "server")
        {
            What = """
                Runs a server of a group until Ctrl-C or SIGTERM. A leader transfers the leadership before it ends. A second Ctrl-C ends the
                server at once. Announcements of the group (print, count, members added and removed) go to standard output, the server's own
                log to standard error. Each line has the local date and time.

                The first start of a group needs all servers of -c. Afterwards the members are in the group's log, and -c is ignored. After
                kill -9 or a power cut start the server again with the same arguments.
                """,
            Ends = new(
                "stopped", "failed, and the last line on standard error has the reason and the remedy", Interrupted: "a second Ctrl-C"),
            Examples =
            [
                "server -c ':9990,:9991,:9992' -p 9990  # and -p 9991, -p 9992 in two other terminals",
                "server -c ':9990,:9991,:9992' -p 9993  # waits until 'raft members add :9993 -S :9990' adds it",
                "server -c ':9990,:9991,:9992' -p 9990 --tls-cert 127.0.0.1.pem --tls-key 127.0.0.1.key --tls-ca ca.pem --operators alice",
            ],
            Own = [.. options.Own, .. security.All],
            Json = null,
            Run = (parsed, run) => Run(options.Read(parsed), environment, run.Interrupted),
        }.Build();
    }

    public static int Run(ServerSettings settings, CommandEnvironment environment, CancellationToken stop) =>
        ServerProgram.Run(settings, environment, stop).GetAwaiter().GetResult();
}
