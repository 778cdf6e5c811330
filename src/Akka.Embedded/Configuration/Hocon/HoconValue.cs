namespace Akka.Configuration.Hocon;

/// <summary>A value of a configuration: a text, a list, or an object. ToString returns it as HOCON.</summary>
public class HoconValue
{
    private protected HoconValue()
    {
    }
}
