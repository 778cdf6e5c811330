using System.Reflection;

namespace Akka.Configuration;

/// <summary>
/// Makes configurations from HOCON text. The methods throw <see cref="ConfigurationException"/> for text that is not HOCON;
/// its message names file (or "&lt;string&gt;"), line and column, what was found there and what was expected.
/// </summary>
public class ConfigurationFactory
{
    private ConfigurationFactory()
    {
    }

    public static Config Empty => Config.Empty;

    /// <summary>
    /// Reads HOCON. <c>include "file"</c> is relative to the file named by the last comment of the form <c>#line 1 "file"</c>, which
    /// also gives errors their place; without one, to the current directory. A substitution sees this text and what it includes, then
    /// the environment variables, but no fallbacks.
    /// </summary>
    public static Config ParseString(string hocon) => new(HoconParser.Parse(hocon, "<string>"));

    public static Config FromResource(string resourceName, object instanceInAssembly) =>
        FromResource(resourceName, instanceInAssembly.GetType().Assembly);

    public static Config FromResource<TAssembly>(string resourceName) => FromResource(resourceName, typeof(TAssembly).Assembly);

    /// <summary>Reads HOCON that is embedded in an assembly.</summary>
    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName);
        if (stream is null)
        {
            var names = string.Join(", ", assembly.GetManifestResourceNames());
            throw new ConfigurationException($"{assembly.GetName().Name} has no resource '{resourceName}'; it has: {names}.");
        }

        using var reader = new StreamReader(stream);
        return new Config(HoconParser.Parse(reader.ReadToEnd(), $"<{resourceName}>"));
    }
}
