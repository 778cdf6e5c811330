using Akka.Configuration;

using RaftActors;

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
            return Raft.ParseHocon(File.ReadAllText(file), file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"{file}: {problem.Message}");
        }
        catch (RaftConfigurationException problem)
        {
            throw new UserError(problem.Message);
        }
    }
}
