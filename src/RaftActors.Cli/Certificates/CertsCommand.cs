namespace RaftActors.Cli.Certificates;

internal static class CertsCommand
{
    private const int DaysDefault = 365;
    private const int DaysMax = 3650;

    public static Command Build(CommandEnvironment environment)
    {
        var servers = new Argument<string[]>("server")
        {
            Description = "A server: its host name or address, or several of one server, separated by commas.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var directory = new Option<string>("--dir")
        {
            Description = "The folder of the CA and the certificates. A missing one is created.",
            HelpName = "dir",
            Required = true,
            Validators = { SharedOptions.DemandPath },
        };
        var clients = new Option<string[]>("--client") { Description = "A client. Repeat it for several.", HelpName = "name" };
        var days = SharedOptions.Number(
            "--days", "n", $"The days of validity, 1 to {DaysMax}. Default: {DaysDefault}. The CA is valid for ten years.", 1, DaysMax);
        var force = new Option<bool>("--force") { Description = "Replace existing certificates of these names. The CA stays." };
        return new LocalVerb(environment, "certs")
        {
            What = """
                Makes a CA, and certificates for servers and clients, for a trial of TLS. A later run with the same folder uses its CA
                again, so that servers can be added. Files are PEM, keys are ECDSA P-256, and only this user can read them.

                A server's name is the host or address in the -c lists, without the port. Names of one server are joined by commas: the
                first one names its files. All servers of one machine can share a certificate.

                ca.key can make any certificate of the group: keep it away from the servers. For production use your organisation's CA.
                """,
            Ends = new("written", "not written, and standard error has the reason"),
            Examples =
            [
                "certs --dir certs node1 node2 node3 --client alice    # three machines and one client",
                "certs --dir certs 127.0.0.1,localhost --client alice  # all servers of this machine",
            ],
            Own = [servers, directory, clients, days, force],
            Json = null,
            Run = (parsed, run) =>
            {
                CertificateName[] holders =
                [
                    .. (parsed.GetValue(servers) ?? []).Select(name => CertificateName.Parse(name, isServer: true)),
                    .. (parsed.GetValue(clients) ?? []).Select(name => CertificateName.Parse(name, isServer: false)),
                ];
                Check(holders);
                var folder = new CertificateFolder(Path.GetFullPath(parsed.GetValue(directory)!));
                var validity = TimeSpan.FromDays(parsed.GetValue(days) ?? DaysDefault);
                Make(run, folder, holders, validity, parsed.GetValue(force));
                return ExitCode.Done;
            },
        }.Build();
    }

    private static void Make(LocalRun run, CertificateFolder folder, CertificateName[] holders, TimeSpan validity, bool isReplacing)
    {
        run.Interrupted.ThrowIfCancellationRequested();
        folder.Prepare();
        if (!isReplacing)
        {
            folder.RefuseExisting(holders);
        }

        var now = DateTimeOffset.UtcNow;
        var found = folder.ReadCa(now);
        using var authority = found ?? CertificateAuthority.Make(now);
        if (found is null)
        {
            folder.WriteCa(authority);
        }

        var table = new TextTable("", "CERTIFICATE", "KEY", "UNTIL");
        table.Add(found is null ? "CA" : "CA, as before", folder.CaCertificate, folder.CaKey, DateOf(authority.Certificate.NotAfter));
        foreach (var holder in holders)
        {
            run.Interrupted.ThrowIfCancellationRequested();
            using var certificate = authority.Sign(holder, now, validity);
            folder.Write(holder, certificate, isReplacing);
            var kind = holder.IsServer ? "server" : "client";
            var (file, key) = (folder.CertificateOf(holder), folder.KeyOf(holder));
            table.Add($"{kind} {string.Join(' ', holder.Names)}", file, key, DateOf(certificate.NotAfter));
        }

        table.WriteTo(run.Environment.Output);
        WriteNext(run.Environment.Output, folder, holders);
    }

    private static void WriteNext(TextWriter output, CertificateFolder folder, CertificateName[] holders)
    {
        output.WriteLine($"Copy {folder.CaCertificate} to all machines, and each certificate and key to its own.");
        output.WriteLine($"Keep {folder.CaKey} here. Then:");
        var clients = holders.Where(holder => !holder.IsServer).ToList();
        if (holders.FirstOrDefault(holder => holder.IsServer) is { } server)
        {
            var operators = clients.Count > 0 ? $" --operators {string.Join(',', clients.Select(client => client.Name))}" : "";
            output.WriteLine($"  raft server -c LIST -p PORT --host {server.Name} {FilesOf(folder, server)}{operators}");
        }

        if (clients.Count > 0)
        {
            output.WriteLine($"  raft status -S HOST:PORT {FilesOf(folder, clients[0])}");
        }

        output.WriteLine("In HOCON the files are raft.security.tls { certificate, key, ca }.");
    }

    private static string FilesOf(CertificateFolder folder, CertificateName holder) =>
        $"--tls-cert {folder.CertificateOf(holder)} --tls-key {folder.KeyOf(holder)} --tls-ca {folder.CaCertificate}";

    private static void Check(CertificateName[] holders)
    {
        if (holders.Length == 0)
        {
            throw new UsageException("no server and no client is named. Name one: raft certs --dir certs node1 node2 --client alice");
        }

        // Names give the roles, so a client with the name of a server would have the rights of a node.
        var names = holders.SelectMany(holder => holder.Names);
        if (names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"'{twice.Key}' is named twice. Give each server and client another name");
        }
    }

    private static string DateOf(DateTime time) => $"{time:yyyy-MM-dd}";
}
