using NetLab.Osi.Protocols;

namespace NetLab.Osi.Application.Databases;

/// <summary>The rows of databases, caches and message brokers.</summary>
internal static class DatabaseProtocols
{
    public static ProtocolReference[] Rows =>
    [
        new("pgsql", "tcp.port==5432", static () => PostgresProtocol.Value),
        new("mysql", "tcp.port==3306", static () => MySqlProtocol.Value),
        new("tds", "tcp.port==1433,2433", static () => TdsProtocol.Value),
        new("resp", "tcp.port==6379 tcp", static () => RedisProtocol.Value, RedisProtocol.Begins),
        new("mongo", "tcp.port==27017 tcp", static () => MongoProtocol.Value, MongoProtocol.Begins),
        new("cql", "tcp.port==9042", static () => CassandraProtocol.Value),
        new("kafka", "tcp.port==9092", static () => KafkaProtocol.Value),
        new("amqp", "tcp.port==5672 tcp", static () => AmqpProtocol.Value, AmqpProtocol.Begins),
        new("memcache", "tcp.port==11211", static () => MemcachedProtocol.Value),
    ];
}
