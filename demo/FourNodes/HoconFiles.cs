using Akka.Configuration;

namespace FourNodes;

/// <summary>Loads the configuration of a node: the command line overrides its own file, which overrides fournodes.conf.</summary>
internal static class HoconFiles
{
    public static Config Load(string node, Settings settings)
    {
        var own = Path.Combine(settings.HoconFolder, node + ".conf");
        if (!File.Exists(own))
        {
            var files = Directory.Exists(settings.HoconFolder) ? Directory.GetFiles(settings.HoconFolder, "node*.conf") : [];
            var known = string.Join(", ", files.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
            throw new UserError($"there is no node '{node}': {own} does not exist. Known nodes: {(known.Length > 0 ? known : "none")}.");
        }

        return FromCommandLine(node, settings)
            .WithFallback(Parse(own))
            .WithFallback(Parse(Path.Combine(settings.HoconFolder, "fournodes.conf")));
    }

    private static Config FromCommandLine(string node, Settings settings)
    {
        var logFile = "";
        if (!settings.Verbose)
        {
            var folder = Path.Combine(AppContext.BaseDirectory, "logs");
            CreatePrivate(folder);
            logFile = Path.Combine(folder, node + ".log");
        }

        var port = settings.Port is { } p ? $"akka.remote.dot-netty.tcp.port = {p}\n" : "";
        return ConfigurationFactory.ParseString($"{port}fournodes.log-file = \"{logFile.Replace("\\", "\\\\")}\"");
    }

    /// <summary>Creates a missing folder for this user only, as the store does. Windows has no modes.</summary>
    internal static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static Config Parse(string file)
    {
        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(file));
        }
        catch (Exception problem)
        {
            // The embedded runtime prints "<string>:line:column:", because it does not know the file of the text.
            const string unknown = "<string>:";
            var message = problem.Message;
            throw new UserError(message.StartsWith(unknown) ? $"{file}:{message[unknown.Length..]}" : $"{file}: {message}");
        }
    }
}
